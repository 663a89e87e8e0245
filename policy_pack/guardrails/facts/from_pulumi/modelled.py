"""Which kinds of resource the facts and rules know, in the modules where one that is not known may open a way.

A kind of these modules that is neither known nor harmless is a finding (FCL006): silence about it would be a pass.
"""

from __future__ import annotations

RELEVANT = frozenset(
    [
        "cloudcontrol",
        "cloudformation",
        "directconnect",
        "ec2",
        "ec2clientvpn",
        "ec2transitgateway",
        "globalaccelerator",
        "iam",
        "kms",
        "lightsail",
        "networkfirewall",
        "networkmanager",
        "ram",
        "secretsmanager",
        "verifiedaccess",
        "vpc",
        "vpclattice",
        "workspaces",
        "workspacesweb",
        "directoryservice",
    ]
)
"""Modules of the AWS provider whose resources decide who can reach or do what."""


def _kinds(module: str, names: str) -> frozenset[str]:
    return frozenset(f"{module}.{name}" for name in names.split())


KNOWN = (
    _kinds(
        "ec2",
        "AmiLaunchPermission CarrierGateway CustomerGateway DefaultNetworkAcl DefaultRouteTable DefaultSecurityGroup "
        "DefaultSubnet "
        "DefaultVpc EgressOnlyInternetGateway Eip EipAssociation FlowLog Instance InternetGateway "
        "InternetGatewayAttachment LaunchConfiguration LaunchTemplate MainRouteTableAssociation ManagedPrefixList "
        "ManagedPrefixListEntry NatGateway NetworkAcl NetworkAclAssociation NetworkAclRule NetworkInterface "
        "NetworkInterfaceAttachment NetworkInterfaceSecurityGroupAttachment PeeringConnectionOptions Route RouteTable "
        "RouteTableAssociation SecurityGroup SecurityGroupAssociation SecurityGroupRule SnapshotCreateVolumePermission "
        "SpotInstanceRequest Subnet Vpc "
        "VpcBlockPublicAccessExclusion VpcBlockPublicAccessOptions VpcEndpoint VpcEndpointPolicy "
        "VpcEndpointRouteTableAssociation VpcEndpointService VpcEndpointServiceAllowedPrinciple "
        "VpcEndpointSubnetAssociation VpcIpv4CidrBlockAssociation VpcIpv6CidrBlockAssociation VpcPeeringConnection "
        "VpcPeeringConnectionAccepter VpnConnection VpnConnectionRoute VpnGateway VpnGatewayAttachment "
        "VpnGatewayRoutePropagation",
    )
    | _kinds("vpc", "SecurityGroupEgressRule SecurityGroupIngressRule")
    | _kinds(
        "ec2transitgateway",
        "Connect InstanceConnectEndpoint PeeringAttachment PeeringAttachmentAccepter PrefixListReference Route "
        "RouteTable RouteTableAssociation RouteTablePropagation TransitGateway VpcAttachment VpcAttachmentAccepter",
    )
    | _kinds("networkfirewall", "Firewall FirewallPolicy LoggingConfiguration ResourcePolicy RuleGroup")
    | _kinds(
        "directconnect",
        "Gateway GatewayAssociation HostedPrivateVirtualInterface HostedPrivateVirtualInterfaceAccepter "
        "HostedTransitVirtualInterface HostedTransitVirtualInterfaceAcceptor PrivateVirtualInterface "
        "TransitVirtualInterface",
    )
    | _kinds(
        "iam",
        "AccessKey Group GroupPolicy GroupPolicyAttachment InstanceProfile Policy PolicyAttachment Role RolePolicy "
        "RolePolicyAttachment User UserPolicy UserPolicyAttachment",
    )
    | _kinds("kms", "Alias ExternalKey Grant Key KeyPolicy ReplicaExternalKey ReplicaKey")
    | _kinds("secretsmanager", "Secret SecretPolicy SecretRotation SecretVersion")
    | _kinds("workspaces", "Directory IpGroup Workspace")
    | _kinds("directoryservice", "Directory LogSubscription")
    | _kinds("ram", "PrincipalAssociation ResourceAssociation ResourceShare ResourceShareAssociationsExclusive")
    | _kinds("workspacesweb", "IpAccessSettings IpAccessSettingsAssociation UserSettings UserSettingsAssociation")
)
"""Kinds that the readers turn into facts, or that rules judge."""

HIDING = frozenset(
    [
        "ecs.Daemon",
        "ecs.DaemonTaskDefinition",
        "ecs.ExpressGatewayService",
        "elasticbeanstalk.Environment",
        "serverlessrepository.CloudFormationStack",
        "servicecatalog.ProvisionedProduct",
    ]
)
"""Kinds of other modules behind which AWS makes resources, hosts among them, that no source shows."""

HARMLESS = (
    _kinds(
        "ec2",
        "Ami AmiCopy AmiFromInstance AvailabilityZoneGroup CapacityBlockReservation CapacityReservation DedicatedHost "
        "DefaultCreditSpecification DefaultVpcDhcpOptions EipDomainName EncryptionControl ImageBlockPublicAccess "
        "InstanceMetadataDefaults KeyPair NetworkInsightsAccessScope NetworkInsightsAnalysis NetworkInsightsPath "
        "PlacementGroup SpotDatafeedSubscription SubnetCidrReservation Tag VolumeAttachment VpcDhcpOptions "
        "VpcDhcpOptionsAssociation VpcEncryptionControl VpcEndpointConnectionNotification VpcIpam "
        "VpcIpamOrganizationAdminAccount VpcIpamPool VpcIpamPoolCidr VpcIpamPoolCidrAllocation VpcIpamPreviewNextCidr "
        "VpcIpamResourceDiscovery VpcIpamResourceDiscoveryAssociation VpcIpamScope "
        "VpcNetworkPerformanceMetricSubscription VpcSecurityGroupRulesExclusive AllowedImagesSettings",
    )
    | _kinds("ec2transitgateway", "InstanceState MeteringPolicy MeteringPolicyEntry")
    | _kinds("directconnect", "Connection ConnectionAssociation LinkAggregationGroup MacsecKeyAssociation")
    | _kinds(
        "iam",
        "AccountAlias AccountPasswordPolicy GroupMembership GroupPoliciesExclusive GroupPolicyAttachmentsExclusive "
        "OrganizationsFeatures RolePoliciesExclusive RolePolicyAttachmentsExclusive SecurityTokenServicePreferences "
        "OpenIdConnectProvider SamlProvider ServerCertificate ServiceLinkedRole UserGroupMembership "
        "UserPoliciesExclusive UserPolicyAttachmentsExclusive VirtualMfaDevice",
    )
    | _kinds("cloudformation", "CloudFormationType")
    | _kinds("kms", "Ciphertext CustomKeyStore")
    | _kinds(
        "lightsail",
        "Certificate Disk Domain DomainEntry KeyPair LbCertificate LbCertificateAttachment "
        "LbHttpsRedirectionPolicy LbStickinessPolicy",
    )
    | _kinds("secretsmanager", "Tag")
    | _kinds("workspaces", "ConnectionAlias")
    | _kinds("directoryservice", "ConditionalForwarder IpRoute IpRoutesExclusive RadiusSettings ServiceRegion")
    | _kinds("vpc", "EndpointPrivateDns EndpointServicePrivateDnsVerification")
    | _kinds("ram", "Permission ResourceShareAccepter SharingWithOrganization")
    | _kinds("networkmanager", "GlobalNetwork Site Device Link LinkAssociation CustomerGatewayAssociation")
)
"""Kinds that open no way and give no right by themselves; an identity provider is trusted by the roles that say so."""
