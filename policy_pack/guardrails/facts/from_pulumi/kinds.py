"""Type tokens of the AWS provider and their short names: `aws:ec2/subnet:Subnet` is `ec2.Subnet`."""

from __future__ import annotations

from functools import cache

_ALIASES = {
    # Aliases that pulumi_aws 7 keeps for its former names (docs: s3.BucketV2 is deprecated in favour of s3.Bucket).
    "s3.BucketV2": "s3.Bucket",
    "s3.BucketAclV2": "s3.BucketAcl",
    "s3.BucketLoggingV2": "s3.BucketLogging",
    "s3.BucketVersioningV2": "s3.BucketVersioning",
    "s3.BucketLifecycleConfigurationV2": "s3.BucketLifecycleConfiguration",
    "s3.BucketServerSideEncryptionConfigurationV2": "s3.BucketServerSideEncryptionConfiguration",
    "s3.BucketObjectLockConfigurationV2": "s3.BucketObjectLockConfiguration",
    "s3.BucketObject": "s3.BucketObjectv2",
    "alb.LoadBalancer": "lb.LoadBalancer",
    "alb.Listener": "lb.Listener",
    "alb.ListenerRule": "lb.ListenerRule",
    "alb.TargetGroup": "lb.TargetGroup",
    "alb.TargetGroupAttachment": "lb.TargetGroupAttachment",
    "elasticloadbalancingv2.LoadBalancer": "lb.LoadBalancer",
    "elasticloadbalancingv2.Listener": "lb.Listener",
    "elasticloadbalancingv2.ListenerRule": "lb.ListenerRule",
    "elasticloadbalancingv2.TargetGroup": "lb.TargetGroup",
    "elasticloadbalancingv2.TargetGroupAttachment": "lb.TargetGroupAttachment",
    "ec2.SecurityGroupIngressRule": "vpc.SecurityGroupIngressRule",
    "ec2.SecurityGroupEgressRule": "vpc.SecurityGroupEgressRule",
}


@cache
def kind_of(token: str) -> str:
    """Give the short name of an AWS type token, the token itself for everything else."""
    parts = token.split(":")
    if len(parts) != 3 or parts[0] != "aws":
        return token
    short = f"{parts[1].split('/')[0]}.{parts[2]}"
    return _ALIASES.get(short, short)
