using Berth.Api.Apps.V1;

namespace Berth.Controllers.ReplicaSets;

/// <inheritdoc cref="ReplicaController{T}"/>
public sealed class ReplicaSetController(ControllerContext context) : ReplicaController<ReplicaSet>(context, "replicaset-controller")
{
    protected override ReplicaSet AsReplicaSet(ReplicaSet value) => value;

    protected override ReplicaSet WithStatus(ReplicaSet value, ReplicaSetStatus status) => value with { Status = status };
}
