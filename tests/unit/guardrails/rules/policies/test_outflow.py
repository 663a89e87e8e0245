from __future__ import annotations

import pytest

from guardrails.rules.policies.outflow import Outflow
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = Outflow.avoid, Outflow.prefer
FOREIGN = "arn:aws:sqs:ap-northeast-1:999988887777:q"
HIDDEN = '{"DestinationArn": "arn:aws:logs:eu-west-1:999988887777:destination:d"}'

test_cases = cases(
    Outflow,
    unresolved=Case(swap(PREFER, '"${queue.arn}"', '{"fn::unknown": true}'), "unresolved events.arn"),
    # The account number is part of the name here; the account is our own.
    boundary=Case(
        swap(PREFER, '"${queue.arn}"', '"arn:aws:sqs:ap-northeast-1:111122223333:copy-of-999988887777"'),
    ),
)


def test_each_destination_is_told(judge):
    assert judge(Outflow, AVOID) == ["fail events.arn", "fail copies.rules.destination.account"]


def test_a_declared_external_account_passes(judge):
    intent = Outflow.example_intent + 'externals: [{id: team, account: "999988887777"}]\n'
    assert judge(Outflow, AVOID, intent=intent) == []


@pytest.mark.parametrize(
    ("kind", "properties", "path"),
    [
        ("s3:BucketNotification", f'{{bucket: b, queues: [{{queueArn: "{FOREIGN}"}}]}}', "queues.queueArn"),
        ("s3:Inventory", '{destination: {bucket: {accountId: "999988887777"}}}', "destination.bucket.accountId"),
        ("sns:TopicSubscription", f'{{topic: t, protocol: sqs, endpoint: "{FOREIGN}"}}', "endpoint"),
        ("ec2:FlowLog", '{logDestination: "arn:aws:logs:eu-west-1:999988887777:log-group:x"}', "logDestination"),
        ("cloudwatch:LogAccountPolicy", f"{{policyDocument: '{HIDDEN}'}}", "policyDocument"),
        (
            "ecr:ReplicationConfiguration",
            '{replicationConfiguration: {rules: [{destinations: [{region: r, registryId: "999988887777"}]}]}}',
            "replicationConfiguration.rules.destinations.registryId",
        ),
        (
            "backup:Plan",
            '{rules: [{copyActions: [{destinationVaultArn: "arn:aws:backup:eu-west-1:999988887777:backup-vault:v"}]}]}',
            "rules.copyActions.destinationVaultArn",
        ),
        (
            "imagebuilder:DistributionConfiguration",
            '{distributions: [{amiDistributionConfiguration: {launchPermission: {userIds: ["999988887777"]}}}]}',
            "distributions.amiDistributionConfiguration.launchPermission.userIds",
        ),
        ("oam:Link", '{sinkIdentifier: "arn:aws:oam:eu-west-1:999988887777:sink/x"}', "sinkIdentifier"),
        ("pipes:Pipe", '{target: "https://sqs.eu-west-1.amazonaws.com/999988887777/q"}', "target"),
        ("guardduty:InviteAccepter", '{detectorId: d, masterAccountId: "999988887777"}', "masterAccountId"),
    ],
)
def test_a_foreign_destination_is_told_and_ones_own_is_not(judge, kind, properties, path):
    program = f'resources:\n  one:\n    type: "aws:{kind}"\n    properties: {properties}\n'
    assert judge(Outflow, program) == [f"fail one.{path}"]
    assert judge(Outflow, swap(program, "999988887777", "111122223333")) == []


def test_a_telephone_is_no_account(judge):
    program = (
        'resources: {one: {type: "aws:sns:TopicSubscription", properties: {protocol: sms, endpoint: "818012345678"}}}'
    )
    assert judge(Outflow, program) == []
