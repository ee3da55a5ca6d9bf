using Berth.Api.Apps.V1;

namespace Berth.Controllers.Deployments;

/// <param name="Steps">What to do to ReplicaSets, in this order.</param>
/// <param name="Revision">What the Deployment's revision annotation is to say; null leaves it.</param>
/// <param name="Status">To be written after the steps.</param>
/// <param name="CheckAfter">When the progress deadline wants a look even if nothing changes; null for never.</param>
public sealed record DeploymentPlan(IReadOnlyList<DeploymentStep> Steps, string? Revision, DeploymentStatus Status, TimeSpan? CheckAfter);

/// <summary>One write to one ReplicaSet.</summary>
/// <param name="Message">What the Deployment's event says; empty for none.</param>
public sealed record DeploymentStep(DeploymentAction Action, ReplicaSet Set, string Message);

public enum DeploymentAction
{
    Create,
    Update,
    Delete,
}
