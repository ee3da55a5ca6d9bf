using Berth.Api.Core.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Storage;

public sealed class PersistentVolumeStrategy(TimeProvider clock) : SpecAndStatusStrategy<PersistentVolume>
{
    public override bool HasGeneration => false;

    public override PersistentVolume Default(PersistentVolume value)
    {
        var spec = value.Spec;
        if (spec.PersistentVolumeReclaimPolicy.Length == 0 || spec.VolumeMode is null)
        {
            spec = spec with
            {
                PersistentVolumeReclaimPolicy = spec.PersistentVolumeReclaimPolicy.Length > 0 ? spec.PersistentVolumeReclaimPolicy : "Retain",
                VolumeMode = spec.VolumeMode ?? "Filesystem",
            };
        }

        if (spec.HostPath is { Type: null } host)
            spec = spec with { HostPath = host with { Type = "" } };
        if (spec.Iscsi is { IscsiInterface.Length: 0 } iscsi)
            spec = spec with { Iscsi = iscsi with { IscsiInterface = "default" } };
        if (!ReferenceEquals(spec, value.Spec))
            value = value with { Spec = spec };
        return value.Status.Phase.Length > 0 ? value : value with { Status = value.Status with { Phase = "Pending" } };
    }

    public override PersistentVolume PrepareForCreate(PersistentVolume value) =>
        value with { Status = new PersistentVolumeStatus { Phase = "Pending", LastPhaseTransitionTime = clock.GetUtcNow() } };

    public override PersistentVolume PrepareForStatusUpdate(PersistentVolume value, PersistentVolume old)
    {
        var status = value.Status;
        if (status.Phase != old.Status.Phase && status.LastPhaseTransitionTime == old.Status.LastPhaseTransitionTime)
            status = status with { LastPhaseTransitionTime = clock.GetUtcNow() };
        return value with { Spec = old.Spec, Status = status };
    }

    public override void Validate(PersistentVolume value, FieldErrors errors) => PersistentVolumeRules.Validate(errors, FieldPath.Spec, value.Spec);

    public override void ValidateUpdate(PersistentVolume value, PersistentVolume old, FieldErrors errors)
    {
        if (!PersistentVolumeRules.SameSource(value.Spec, old.Spec))
            errors.Forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation" + SpecDifference.Describe(old.Spec, value.Spec));
        BasicRules.Unchanged(errors, FieldPath.Root["volumeMode"], value.Spec.VolumeMode, old.Spec.VolumeMode);
        if (old.Spec.NodeAffinity is not null && value.Spec.NodeAffinity != old.Spec.NodeAffinity)
            errors.Invalid("nodeAffinity", value.Spec.NodeAffinity, "field is immutable, except for updating from beta label to GA");
        if (old.Spec.VolumeAttributesClassName is not null && value.Spec.VolumeAttributesClassName is null)
            errors.Forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden");
    }

    protected override PersistentVolume WithoutStatus(PersistentVolume value) => value with { Status = PersistentVolumeStatus.Empty };

    protected override PersistentVolume WithStatusOf(PersistentVolume value, PersistentVolume other) => value with { Status = other.Status };

    protected override PersistentVolume WithSpecOf(PersistentVolume value, PersistentVolume other) => value with { Spec = other.Spec };

    protected override bool SameSpec(PersistentVolume value, PersistentVolume other) => value.Spec == other.Spec;
}
