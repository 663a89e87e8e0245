"""What the secure room registers with the engine: sealed desktops, one password, one way out."""

from __future__ import annotations

import json
from collections.abc import Callable

from components.secure_room.plan import RoomPlan
from components.settings import Settings
from tests.support.recorder import UNKNOWN, Recording

SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"


def policies(recording: Recording) -> list[dict[str, object]]:
    keys = ("policy", "assumeRolePolicy", "policyDocument")
    return [
        json.loads(item.inputs[key])
        for item in recording.registrations
        for key in keys
        if item.type.startswith("aws:") and isinstance(item.inputs.get(key), str)
    ]


def test_everything_has_the_component_as_its_ancestor_and_its_name_as_prefix(room: Recording) -> None:
    for item in room.registrations:
        if item.name != "account":
            assert item.name == "room" or item.name.startswith("room-")
            assert item.name == "room" or "secureroom:secure_room:SecureRoom" in item.parent


def test_every_resource_uses_the_stacks_provider(room: Recording) -> None:
    assert all(
        "pulumi:providers:aws::account" in item.provider for item in room.registrations if item.type[:4] == "aws:"
    )


def test_no_document_is_opaque_at_preview(room: Recording) -> None:
    assert policies(room)
    assert UNKNOWN not in json.dumps(policies(room))
    (task,) = room.of("aws:ecs/taskDefinition:TaskDefinition")
    assert UNKNOWN not in task.inputs["containerDefinitions"]


class TestDirectory:
    def test_it_has_two_availability_zones(self, room: Recording) -> None:
        (directory,) = room.of("aws:directoryservice/directory:Directory")
        assert directory.inputs["type"] == "MicrosoftAD"
        assert directory.inputs["vpcSettings"]["subnetIds"] == ["subnet-1", "subnet-2"]

    def test_its_password_is_the_stored_one_and_secret(self, room: Recording) -> None:
        """Taken from the stored version: a directory that is made by a second run gets what the first run stored."""
        (directory,) = room.of("aws:directoryservice/directory:Directory")
        assert SECRET_SIGNATURE in directory.inputs["password"]
        (version,) = room.of("aws:secretsmanager/secretVersion:SecretVersion")
        assert directory.property_dependencies["password"] == (version.urn,)

    def test_a_password_that_changed_replaces_nothing(self, room: Recording) -> None:
        (directory,) = room.of("aws:directoryservice/directory:Directory")
        (version,) = room.of("aws:secretsmanager/secretVersion:SecretVersion")
        assert directory.ignore_changes == ("password",)
        assert version.ignore_changes == ("secretString",)

    def test_it_and_its_password_are_protected_where_the_stack_says_so(self, room: Recording, plan: RoomPlan) -> None:
        (directory,) = room.of("aws:directoryservice/directory:Directory")
        (secret,) = room.of("aws:secretsmanager/secret:Secret")
        assert directory.protect == secret.protect == plan.protect

    def test_operators_can_add_users_by_the_api(self, room: Recording) -> None:
        (directory,) = room.of("aws:directoryservice/directory:Directory")
        assert directory.inputs["enableDirectoryDataAccess"] is True

    def test_its_security_log_is_kept(self, room: Recording) -> None:
        (subscription,) = room.of("aws:directoryservice/logSubscription:LogSubscription")
        (policy,) = room.of("aws:cloudwatch/logResourcePolicy:LogResourcePolicy")
        assert policy.urn in subscription.depends_on

    def test_the_password_is_asked_for_once(self, room: Recording) -> None:
        asked = [args for token, args in room.calls if token.endswith("getRandomPassword")]
        assert len(asked) == 1
        assert asked[0]["passwordLength"] == 32
        assert asked[0]["requireEachIncludedType"] is True


class TestDesktops:
    def test_the_directory_is_registered_after_the_role_has_its_policies(self, room: Recording) -> None:
        (registration,) = room.of("aws:workspaces/directory:Directory")
        attachments = room.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        assert {item.inputs["policyArn"].rsplit("/")[-1] for item in attachments} == {
            "AmazonWorkSpacesServiceAccess",
            "AmazonWorkSpacesSelfServiceAccess",
        }
        assert {item.urn for item in attachments} <= set(registration.depends_on)

    def test_registration_leaves_nothing_to_its_defaults(self, room: Recording, settings: Settings) -> None:
        (registration,) = room.of("aws:workspaces/directory:Directory")
        creation = registration.inputs["workspaceCreationProperties"]
        assert creation["enableInternetAccess"] is False
        assert creation["userEnabledAsLocalAdministrator"] is False
        assert creation["customSecurityGroupId"] == "sg-desktop"
        assert set(registration.inputs["selfServicePermissions"].values()) == {False}
        assert len(registration.inputs["selfServicePermissions"]) == 5
        access = registration.inputs["workspaceAccessProperties"]
        assert len(access) == 8
        assert {key for key, verdict in access.items() if verdict == "ALLOW"} == {
            f"deviceType{device.capitalize()}" for device in settings.desktops.device_types
        }

    def test_registration_carries_every_ip_group(self, room: Recording, settings: Settings) -> None:
        groups = room.of("aws:workspaces/ipGroup:IpGroup")
        (registration,) = room.of("aws:workspaces/directory:Directory")
        assert set(registration.property_dependencies["ipGroupIds"]) == {group.urn for group in groups}
        sources = [rule["source"] for group in groups for rule in group.inputs["rules"]]
        assert sources == [str(entry.cidr) for entry in settings.desktops.ip_ranges]

    def test_each_desktop_is_encrypted_and_stops_by_itself(self, room: Recording, settings: Settings) -> None:
        desktops = room.of("aws:workspaces/workspace:Workspace")
        assert [desktop.inputs["userName"] for desktop in desktops] == [user.name for user in settings.desktops.users]
        (registration,) = room.of("aws:workspaces/directory:Directory")
        for desktop in desktops:
            assert (
                desktop.inputs["rootVolumeEncryptionEnabled"] is desktop.inputs["userVolumeEncryptionEnabled"] is True
            )
            assert desktop.inputs["volumeEncryptionKey"].startswith("arn:aws:kms:")
            properties = desktop.inputs["workspaceProperties"]
            assert properties["runningMode"] == "AUTO_STOP"
            assert properties["runningModeAutoStopTimeoutInMinutes"] % 60 == 0
            assert desktop.property_dependencies["directoryId"] == (registration.urn,)

    def test_only_the_account_wide_role_has_no_boundary(self, room: Recording) -> None:
        without = [
            role.inputs["name"] for role in room.of("aws:iam/role:Role") if "permissionsBoundary" not in role.inputs
        ]
        assert without == ["workspaces_DefaultRole"]


class TestEgressProxy:
    def test_the_service_is_private_and_cannot_redeploy_for_ever(self, room: Recording, plan: RoomPlan) -> None:
        (service,) = room.of("aws:ecs/service:Service")
        assert service.inputs["launchType"] == "FARGATE"
        assert service.inputs["desiredCount"] == plan.proxy.tasks > 0
        assert service.inputs["networkConfiguration"] == {
            "assignPublicIp": False,
            "securityGroups": ["sg-proxy"],
            "subnets": ["subnet-5", "subnet-6"],
        }
        assert service.inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
        assert service.inputs["enableExecuteCommand"] is False

    def test_tasks_start_after_their_role_and_log(self, room: Recording) -> None:
        (service,) = room.of("aws:ecs/service:Service")
        needed = [room.named("room-proxy-log-group"), room.named("room-proxy-execution-start-proxy")]
        assert {item.urn for item in needed} <= set(service.depends_on)

    def test_the_proxy_itself_has_no_aws_rights(self, room: Recording) -> None:
        (task,) = room.of("aws:ecs/taskDefinition:TaskDefinition")
        assert "taskRoleArn" not in task.inputs

    def test_images_cannot_be_overwritten_and_are_scanned(self, room: Recording) -> None:
        (repository,) = room.of("aws:ecr/repository:Repository")
        assert repository.inputs["imageTagMutability"] == "IMMUTABLE"
        assert repository.inputs["imageScanningConfiguration"] == {"scanOnPush": True}

    def test_its_name_is_private_and_counts_healthy_tasks_only(self, room: Recording, plan: RoomPlan) -> None:
        (namespace,) = room.of("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace")
        (discovery,) = room.of("aws:servicediscovery/service:Service")
        assert f"{discovery.inputs['name']}.{namespace.inputs['name']}" == plan.proxy.dns_name
        assert [record["type"] for record in discovery.inputs["dnsConfig"]["dnsRecords"]] == ["A"]
        (service,) = room.of("aws:ecs/service:Service")
        assert service.property_dependencies["serviceRegistries"] == (discovery.urn,)

    def test_what_desktops_have_to_know_fits_into_parameters(self, room: Recording, plan: RoomPlan) -> None:
        """4 KB: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"""
        kept = [item.inputs["value"] for item in room.of("aws:ssm/parameter:Parameter")]
        texts = [value["value"] if isinstance(value, dict) else value for value in kept]
        assert sorted(texts) == sorted([plan.proxy.browser_policy, plan.proxy.pac_file])
        assert all(len(text.encode()) <= 4096 for text in texts)

    def test_without_an_image_nothing_runs_and_a_warning_says_so(self, room_without_image: Recording) -> None:
        assert room_without_image.of("aws:ecs/service:Service") == []
        assert room_without_image.of("aws:ecs/taskDefinition:TaskDefinition") == []
        [(severity, text)] = room_without_image.logs
        assert severity == "WARNING"
        assert "image_digest" in text
        assert room_without_image.of("aws:ecr/repository:Repository"), "the repository is where the image goes"

    def test_with_an_image_nothing_is_warned_of(self, room: Recording) -> None:
        assert room.logs == []


def test_after_a_deployment_the_same_resources_are_registered(made: Callable[..., Recording], plan: RoomPlan) -> None:
    unknown, known = made(plan), made(plan, known=True)
    assert sorted(item.urn for item in unknown.registrations) == sorted(item.urn for item in known.registrations)
