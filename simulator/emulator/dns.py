"""The calls of Route 53 and its Resolver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.emulator.model import Emulated, Step, picked, plus_tags, step
from simulator.interfaces import private_address
from simulator.model import Values
from simulator.types import dns, hybrid, vpc

if TYPE_CHECKING:
    from simulator.creation import Creation


def _zone(creation: Creation) -> Values:
    vpcs: list[Values] = creation.get("vpcs", [])
    values: Values = {"Name": creation.get("name"), "CallerReference": creation.hex(16, "reference")}
    values["HostedZoneConfig"] = {"Comment": creation.get("comment", "Managed by Pulumi"), "PrivateZone": bool(vpcs)}
    if vpcs:
        place = {"VPCRegion": vpcs[0].get("vpcRegion") or creation.region, "VPCId": vpcs[0]["vpcId"]}
        values["VPC"] = place
    return values


def _record(action: str) -> Step:
    def parameters(creation: Creation) -> Values:
        values = picked(Name="name", Type="type", TTL="ttl", SetIdentifier="setIdentifier")(creation)
        records: list[str] = creation.get("records", [])
        if records:
            values["ResourceRecords"] = [{"Value": item} for item in records]
        for alias in creation.get("aliases", []):
            values["AliasTarget"] = {
                "HostedZoneId": alias["zoneId"],
                "DNSName": alias["name"],
                "EvaluateTargetHealth": bool(alias.get("evaluateTargetHealth")),
            }
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": values}]}
        return {"HostedZoneId": creation.get("zoneId"), "ChangeBatch": batch}

    return Step("change_resource_record_sets", parameters)


def _endpoint(creation: Creation) -> Values:
    addresses: list[Values] = []
    for number, item in enumerate(creation.get("ipAddresses", [])):
        subnet = creation.require(vpc.SUBNET, item["subnetId"])
        # The address that the interface gets further on; moto does not choose one.
        address = item.get("ip") or private_address(creation, subnet, None, str(number))
        addresses.append({"SubnetId": subnet.id, "Ip": address})
    return {
        **picked(Name="name", SecurityGroupIds="securityGroupIds", Direction="direction")(creation),
        "CreatorRequestId": creation.hex(16, "request"),
        "IpAddresses": addresses,
    }


def _rule(creation: Creation) -> Values:
    targets: list[Values] = creation.get("targetIps", [])
    values = picked(Name="name", RuleType="ruleType", DomainName="domainName", ResolverEndpointId="resolverEndpointId")(
        creation
    )
    values["CreatorRequestId"] = creation.hex(16, "request")
    if targets:
        values["TargetIps"] = [{"Ip": item["ip"], "Port": int(item.get("port") or 53)} for item in targets]
    return values


def _endpoint_interfaces(creation: Creation) -> list[str]:
    """Give the interfaces that moto made for an endpoint: those that its description names."""
    world = creation.world
    wanted = {"Filters": [{"Name": "description", "Values": [f"*{creation.id}*"]}]}
    found: Any = world.call("ec2", creation.region, "describe_network_interfaces", wanted) if world else {}
    return [item["NetworkInterfaceId"] for item in found.get("NetworkInterfaces", ())]


ENTRIES: Final = (
    Emulated(
        dns.ZONE,
        "route53",
        Step("create_hosted_zone", _zone),
        identified=lambda _c, answer: str(answer["HostedZone"]["Id"]).rsplit("/", 1)[-1],
        delete=(step("delete_hosted_zone", Id="@id"),),
        alive=step("get_hosted_zone", Id="@id"),
    ),
    Emulated(
        "aws:route53/record:Record",
        "route53",
        _record("CREATE"),
        update=(_record("UPSERT"),),
        delete=(_record("DELETE"),),
    ),
    Emulated(
        dns.QUERY_LOG,
        "route53resolver",
        plus_tags(
            Step(
                "create_resolver_query_log_config",
                lambda c: {
                    **picked(Name="name", DestinationArn="destinationArn")(c),
                    "CreatorRequestId": c.hex(16, "request"),
                },
            )
        ),
        "ResolverQueryLogConfig.Id",
        forget="resolver_query_log_configs",
    ),
    Emulated(
        "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
        "route53resolver",
        step(
            "associate_resolver_query_log_config",
            ResolverQueryLogConfigId="resolverQueryLogConfigId",
            ResourceId="resourceId",
        ),
        "ResolverQueryLogConfigAssociation.Id",
        forget="resolver_query_log_config_associations",
    ),
    Emulated(
        hybrid.RESOLVER,
        "route53resolver",
        plus_tags(Step("create_resolver_endpoint", _endpoint)),
        "ResolverEndpoint.Id",
        claimed=_endpoint_interfaces,
        delete=(step("delete_resolver_endpoint", ResolverEndpointId="@id"),),
        alive=step("get_resolver_endpoint", ResolverEndpointId="@id"),
    ),
    Emulated(
        hybrid.RESOLVER_RULE,
        "route53resolver",
        plus_tags(Step("create_resolver_rule", _rule)),
        "ResolverRule.Id",
        delete=(step("delete_resolver_rule", ResolverRuleId="@id"),),
        alive=step("get_resolver_rule", ResolverRuleId="@id"),
    ),
    Emulated(
        "aws:route53/resolverRuleAssociation:ResolverRuleAssociation",
        "route53resolver",
        step("associate_resolver_rule", ResolverRuleId="resolverRuleId", VPCId="vpcId", Name="name"),
        "ResolverRuleAssociation.Id",
        delete=(step("disassociate_resolver_rule", ResolverRuleId="resolverRuleId", VPCId="vpcId"),),
    ),
)
