using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.Controllers.ReplicaSets;

/// <inheritdoc cref="ReplicaController{T}"/>
public sealed class ReplicationControllerController(ControllerContext context) : ReplicaController<ReplicationController>(context, "replication-controller")
{
    protected override ReplicaSet AsReplicaSet(ReplicationController value) => new()
    {
        Metadata = value.Metadata,
        Spec = new ReplicaSetSpec
        {
            Replicas = value.Spec.Replicas,
            MinReadySeconds = value.Spec.MinReadySeconds,
            Selector = new LabelSelector { MatchLabels = value.Spec.Selector },
            Template = value.Spec.Template ?? PodTemplateSpec.Empty,
        },
        Status = new ReplicaSetStatus
        {
            Replicas = value.Status.Replicas,
            FullyLabeledReplicas = value.Status.FullyLabeledReplicas,
            ReadyReplicas = value.Status.ReadyReplicas,
            AvailableReplicas = value.Status.AvailableReplicas,
            ObservedGeneration = value.Status.ObservedGeneration,
            Conditions = value.Status.Conditions.Select(static c => new ReplicaSetCondition
            {
                Type = c.Type,
                Status = c.Status,
                LastTransitionTime = c.LastTransitionTime,
                Reason = c.Reason,
                Message = c.Message,
            }).ToApiList(),
        },
    };

    protected override ReplicationController WithStatus(ReplicationController value, ReplicaSetStatus status) => value with
    {
        Status = value.Status with
        {
            Replicas = status.Replicas,
            FullyLabeledReplicas = status.FullyLabeledReplicas,
            ReadyReplicas = status.ReadyReplicas,
            AvailableReplicas = status.AvailableReplicas,
            ObservedGeneration = status.ObservedGeneration,
            Conditions = status.Conditions.Select(static c => new ReplicationControllerCondition
            {
                Type = c.Type,
                Status = c.Status,
                LastTransitionTime = c.LastTransitionTime,
                Reason = c.Reason,
                Message = c.Message,
            }).ToApiList(),
        },
    };
}
