"""Ways to gain more access than one was given, as data.

In our own words, after public research:
https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/,
https://bishopfox.com/blog/privilege-escalation-in-aws and https://pathfinding.cloud/.
"""

from dataclasses import dataclass
from typing import Literal

# What decides whether a method is real: "others" is another user than oneself, "any" is every resource.
Target = Literal["others", "any", ""]


@dataclass(frozen=True, slots=True)
class Method:
    """Actions that together let somebody gain access. `how` says what they do with them.

    `target` "others": the method needs another user, so one's own name does not count. "any": it counts
    only without a limit on resources.
    """

    actions: tuple[str, ...]
    how: str
    target: Target = ""

    @property
    def id(self) -> str:
        """Return the actions, joined: `iam:PassRole + ec2:RunInstances`."""
        return " + ".join(self.actions)


def _pass_role(how: str, *actions: str) -> Method:
    return Method(("iam:PassRole", *actions), f"give a role to {how}")


_IAM = (
    Method(("iam:CreatePolicyVersion",), "rewrite a policy that they hold"),
    Method(("iam:SetDefaultPolicyVersion",), "switch a policy that they hold to a wider version"),
    Method(("iam:AttachUserPolicy",), "attach any policy to themselves"),
    Method(("iam:AttachGroupPolicy",), "attach any policy to a group that they are in"),
    Method(("iam:AttachRolePolicy",), "attach any policy to a role that they can use"),
    Method(("iam:PutUserPolicy",), "write an inline policy for themselves"),
    Method(("iam:PutGroupPolicy",), "write an inline policy for a group that they are in"),
    Method(("iam:PutRolePolicy",), "write an inline policy for a role that they can use"),
    Method(("iam:AddUserToGroup",), "join a group with more access"),
    Method(("iam:UpdateAssumeRolePolicy",), "make a role trust them"),
    Method(("iam:CreateAccessKey",), "make an access key of another user", "others"),
    Method(("iam:CreateLoginProfile",), "give another user a console password", "others"),
    Method(("iam:UpdateLoginProfile",), "set another user's console password", "others"),
    Method(
        ("iam:CreateServiceSpecificCredential",), "make a service's credentials of another user", "others"
    ),
    Method(
        ("iam:ResetServiceSpecificCredential",), "reset a service's credentials of another user", "others"
    ),
    Method(("iam:UploadSigningCertificate",), "add a certificate to another user", "others"),
    Method(("iam:DeleteUserPermissionsBoundary",), "take away their permissions boundary"),
    Method(("iam:PutUserPermissionsBoundary",), "replace their permissions boundary"),
    Method(("iam:CreateRole", "iam:AttachRolePolicy"), "make a role that trusts them, with any policy"),
    Method(("iam:UpdateSAMLProvider",), "replace the identity provider that roles trust"),
    Method(("sts:AssumeRole",), "use every role that trusts the account", "any"),
)
_NEW_COMPUTE = (
    _pass_role("a new instance", "ec2:RunInstances"),
    _pass_role("a running instance", "ec2:AssociateIamInstanceProfile"),
    _pass_role("a running instance instead of its own", "ec2:ReplaceIamInstanceProfileAssociation"),
    _pass_role("spot instances", "ec2:RequestSpotInstances"),
    _pass_role("a spot fleet", "ec2:RequestSpotFleet"),
    _pass_role("instances of a group", "ec2:CreateLaunchTemplate", "autoscaling:CreateAutoScalingGroup"),
    _pass_role(
        "instances of a group", "autoscaling:CreateLaunchConfiguration", "autoscaling:CreateAutoScalingGroup"
    ),
    _pass_role("a new function, and call it", "lambda:CreateFunction", "lambda:InvokeFunction"),
    _pass_role("a new function that events call", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    _pass_role("a new function that others may call", "lambda:CreateFunction", "lambda:AddPermission"),
    _pass_role("a new function with a URL", "lambda:CreateFunction", "lambda:CreateFunctionUrlConfig"),
    _pass_role(
        "a new function that a rule calls", "lambda:CreateFunction", "events:PutRule", "events:PutTargets"
    ),
    _pass_role("a function that exists", "lambda:UpdateFunctionConfiguration"),
    _pass_role("a new task, and run it", "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    _pass_role("a new task, and start it", "ecs:RegisterTaskDefinition", "ecs:StartTask"),
    _pass_role("a new task of a service", "ecs:RegisterTaskDefinition", "ecs:CreateService"),
    _pass_role("a new task of a service that exists", "ecs:RegisterTaskDefinition", "ecs:UpdateService"),
    _pass_role("a new batch job", "batch:RegisterJobDefinition", "batch:SubmitJob"),
    _pass_role("a new App Runner service", "apprunner:CreateService"),
    _pass_role("an App Runner service that exists", "apprunner:UpdateService"),
    _pass_role("a new cluster's instances", "elasticmapreduce:RunJobFlow"),
    _pass_role("a new serverless job", "emr-serverless:CreateApplication", "emr-serverless:StartJobRun"),
)
_NEW_SERVICES = (
    _pass_role("a new stack", "cloudformation:CreateStack"),
    _pass_role("a stack that exists", "cloudformation:UpdateStack"),
    _pass_role("a change set", "cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
    _pass_role("a stack set", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"),
    _pass_role("a stack set that exists", "cloudformation:UpdateStackSet"),
    _pass_role("a new build", "codebuild:CreateProject", "codebuild:StartBuild"),
    _pass_role("a new batch of builds", "codebuild:CreateProject", "codebuild:StartBuildBatch"),
    _pass_role("a build that exists", "codebuild:UpdateProject", "codebuild:StartBuild"),
    _pass_role("a batch of builds that exists", "codebuild:UpdateProject", "codebuild:StartBuildBatch"),
    _pass_role("a new delivery pipeline", "codepipeline:CreatePipeline"),
    _pass_role(
        "a data pipeline",
        "datapipeline:CreatePipeline",
        "datapipeline:PutPipelineDefinition",
        "datapipeline:ActivatePipeline",
    ),
    _pass_role("a development endpoint", "glue:CreateDevEndpoint"),
    _pass_role("a new job, and run it", "glue:CreateJob", "glue:StartJobRun"),
    _pass_role("a new job with a trigger", "glue:CreateJob", "glue:CreateTrigger"),
    _pass_role("a job that exists, and run it", "glue:UpdateJob", "glue:StartJobRun"),
    _pass_role("a job that exists, with a trigger", "glue:UpdateJob", "glue:CreateTrigger"),
    _pass_role("an interactive session", "glue:CreateSession", "glue:RunStatement"),
    _pass_role(
        "a new notebook", "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"
    ),
    _pass_role("a training job", "sagemaker:CreateTrainingJob"),
    _pass_role("a processing job", "sagemaker:CreateProcessingJob"),
    _pass_role("a new state machine", "states:CreateStateMachine", "states:StartExecution"),
    _pass_role("a state machine that exists", "states:UpdateStateMachine"),
    _pass_role("an automation", "ssm:CreateDocument", "ssm:StartAutomationExecution"),
    _pass_role("a schedule that calls AWS", "scheduler:CreateSchedule"),
    _pass_role("a pipe", "pipes:CreatePipe"),
    _pass_role("an Airflow environment", "airflow:CreateEnvironment"),
    _pass_role(
        "a code interpreter",
        "bedrock-agentcore:CreateCodeInterpreter",
        "bedrock-agentcore:StartCodeInterpreterSession",
        "bedrock-agentcore:InvokeCodeInterpreter",
    ),
    _pass_role("an identity pool's users", "cognito-identity:SetIdentityPoolRoles"),
)
_EXISTING = (
    Method(("lambda:UpdateFunctionCode",), "run code with the role of a function"),
    Method(
        ("lambda:UpdateFunctionConfiguration", "lambda:InvokeFunction"), "add code to a function and call it"
    ),
    Method(("glue:UpdateDevEndpoint",), "log in to a development endpoint that has a role"),
    Method(("sagemaker:CreatePresignedNotebookInstanceUrl",), "open a notebook that has a role"),
    Method(("sagemaker:CreatePresignedDomainUrl",), "open a studio that has a role"),
    Method(
        (
            "sagemaker:CreateNotebookInstanceLifecycleConfig",
            "sagemaker:UpdateNotebookInstance",
            "sagemaker:StopNotebookInstance",
            "sagemaker:StartNotebookInstance",
        ),
        "run code when a notebook that has a role starts",
    ),
    Method(("cloudformation:UpdateStack",), "change a stack that has a role"),
    Method(
        ("cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
        "change a stack that has a role",
    ),
    Method(("cloudformation:UpdateStackSet",), "change stacks in other accounts"),
    Method(("codebuild:StartBuild",), "run commands of their own in a build that has a role"),
    Method(("codebuild:StartBuildBatch",), "run commands of their own in builds that have a role"),
    Method(("ssm:SendCommand",), "run commands on instances that have a role"),
    Method(("ssm:StartSession",), "log in to instances that have a role"),
    Method(("ec2-instance-connect:SendSSHPublicKey",), "log in to instances that have a role"),
    Method(
        ("ec2-instance-connect:SendSerialConsoleSSHPublicKey",),
        "log in to the console of instances that have a role",
    ),
    Method(
        ("ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"),
        "run a script when an instance that has a role starts",
    ),
    Method(("ecs:ExecuteCommand",), "run commands in a task that has a role"),
    Method(
        ("bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"),
        "run code in an interpreter that has a role",
    ),
    Method(
        ("eks:CreateAccessEntry", "eks:AssociateAccessPolicy"), "make themselves a cluster's administrator"
    ),
)
METHODS = (*_IAM, *_NEW_COMPUTE, *_NEW_SERVICES, *_EXISTING)
