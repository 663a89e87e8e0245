"""The secure room: one stack, from its settings to its outputs."""

import pulumi
import pulumi_aws as aws

from components import settings
from components.stack import compose

try:
    wanted = settings.load()
except settings.SettingsError as error:
    # The reader's to mend: the text says how, and a traceback would bury it.
    raise pulumi.RunError(str(error)) from None

account = aws.Provider(
    "account",
    region=wanted.account.region,
    allowed_account_ids=[wanted.account.id],
    # Not a plain dict: a provider's arguments are written as JSON, and a dict's keys would stay in snake case.
    assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=wanted.account.role_arn)] if wanted.account.role_arn else None,
)

production = None
if (theirs := wanted.network.production).access is not None and theirs.owner_id is not None:
    production = aws.Provider(
        "production",
        region=theirs.region,
        allowed_account_ids=[theirs.owner_id],
        assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=theirs.access.role_arn)],
    )

for name, value in compose(wanted, account, production).items():
    pulumi.export(name, value)
