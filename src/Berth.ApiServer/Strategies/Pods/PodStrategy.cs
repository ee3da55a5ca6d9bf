using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;
using Berth.Resources.Demand;

namespace Berth.ApiServer.Strategies.Pods;

public sealed class PodStrategy(TimeProvider clock) : SpecAndStatusStrategy<Pod>
{
    private static readonly PodCondition s_gated = new()
    {
        Type = "PodScheduled",
        Status = "False",
        Reason = "SchedulingGated",
        Message = "Scheduling is blocked due to non-empty scheduling gates",
    };

    public override IReadOnlyDictionary<string, Func<Pod, string>> SelectableFields { get; } = new Dictionary<string, Func<Pod, string>>
    {
        ["spec.nodeName"] = p => p.Spec.NodeName,
        ["spec.restartPolicy"] = p => p.Spec.RestartPolicy,
        ["spec.schedulerName"] = p => p.Spec.SchedulerName,
        ["spec.serviceAccountName"] = p => p.Spec.ServiceAccountName,
        ["spec.hostNetwork"] = p => p.Spec.HostNetwork ? "true" : "false",
        ["status.phase"] = p => p.Status.Phase,
        ["status.podIP"] = p => p.Status.PodIP.Length > 0 || p.Status.PodIPs.IsEmpty ? p.Status.PodIP : p.Status.PodIPs[0].Ip,
        ["status.nominatedNodeName"] = p => p.Status.NominatedNodeName,
    };

    /// <summary>A pod that runs nowhere, or has ended, goes at once: nobody is left who could end it in order.</summary>
    public override long? GracePeriodSeconds(Pod value, long? asked)
    {
        if (value.Spec.NodeName.Length == 0 || value.Status.Phase is "Succeeded" or "Failed")
            return 0;
        var period = asked ?? value.Spec.TerminationGracePeriodSeconds ?? 0;
        return period < 0 ? 1 : period;
    }

    public override Pod Default(Pod value)
    {
        value = PodDefaults.Of(value);
        var (ip, all) = (value.Status.PodIP, value.Status.PodIPs);

        // The older name of the first address; where the two differ, whoever wrote them knows only the older one.
        if (ip.Length > 0 && (all.IsEmpty || all[0].Ip != ip))
            return value with { Status = value.Status with { PodIPs = [new() { Ip = ip }] } };
        return ip.Length == 0 && !all.IsEmpty ? value with { Status = value.Status with { PodIP = all[0].Ip } } : value;
    }

    public override Pod PrepareForCreate(Pod value)
    {
        var status = PodStatus.Empty with { Phase = "Pending", QosClass = PodResources.QosClass(value.Spec) };
        if (!value.Spec.SchedulingGates.IsEmpty)
            status = status with { Conditions = [s_gated with { LastTransitionTime = clock.GetUtcNow() }] };
        return value with { Spec = LabelKeys.IntoSelectors(value.Spec, value.Metadata.Labels), Status = status };
    }

    public override Pod PrepareForStatusUpdate(Pod value, Pod old) => value with
    {
        Spec = old.Spec,
        Metadata = value.Metadata with
        {
            DeletionTimestamp = old.Metadata.DeletionTimestamp,
            DeletionGracePeriodSeconds = old.Metadata.DeletionGracePeriodSeconds,
            OwnerReferences = old.Metadata.OwnerReferences,
        },
        Status = value.Status.QosClass.Length > 0 ? value.Status : value.Status with { QosClass = old.Status.QosClass },
    };

    public override void Validate(Pod value, FieldErrors errors)
    {
        PodRules.Validate(errors, value);
        // A pod without resourceVersion is not stored yet.
        if (value.Metadata.ResourceVersion.Length == 0)
            PodRules.ValidateCreate(errors, value);
    }

    public override void ValidateUpdate(Pod value, Pod old, FieldErrors errors) => PodRules.ValidateUpdate(errors, value, old);

    public override void ValidateStatusUpdate(Pod value, Pod old, FieldErrors errors) => PodRules.ValidateStatusUpdate(errors, value, old);

    public override IEnumerable<string> Warnings(Pod value, Pod? old) => old is null
        ? [.. PodWarnings.OfName(value.Metadata.Name, "the Pod's hostname"), .. PodWarnings.Of(FieldPath.Root, value.Spec, value.Metadata)]
        : value.Spec == old.Spec ? [] : PodWarnings.Of(FieldPath.Root, value.Spec, value.Metadata);

    protected override Pod WithoutStatus(Pod value) => value with { Status = PodStatus.Empty };

    protected override Pod WithStatusOf(Pod value, Pod other) => value with { Status = other.Status };

    protected override Pod WithSpecOf(Pod value, Pod other) => value with { Spec = other.Spec };

    protected override bool SameSpec(Pod value, Pod other) => value.Spec == other.Spec;

}
