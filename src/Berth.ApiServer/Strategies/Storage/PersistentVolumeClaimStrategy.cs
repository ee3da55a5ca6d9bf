using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Storage;

public sealed class PersistentVolumeClaimStrategy : SpecAndStatusStrategy<PersistentVolumeClaim>
{
    public override bool HasGeneration => false;

    public override PersistentVolumeClaim Default(PersistentVolumeClaim value)
    {
        var spec = PodDefaults.Of(value.Spec);
        if (!ReferenceEquals(spec, value.Spec))
            value = value with { Spec = spec };
        return value.Status.Phase.Length > 0 ? value : value with { Status = value.Status with { Phase = "Pending" } };
    }

    public override PersistentVolumeClaim PrepareForCreate(PersistentVolumeClaim value) =>
        value with { Spec = WithDataSources(WithKnownSource(value.Spec)), Status = PersistentVolumeClaimStatus.Empty with { Phase = "Pending" } };

    public override PersistentVolumeClaim PrepareForUpdate(PersistentVolumeClaim value, PersistentVolumeClaim old) =>
        value with { Spec = WithDataSources(value.Spec), Status = old.Status };

    public override void Validate(PersistentVolumeClaim value, FieldErrors errors) => ClaimRules.Spec(errors, FieldPath.Spec, value.Spec);

    public override void ValidateUpdate(PersistentVolumeClaim value, PersistentVolumeClaim old, FieldErrors errors)
    {
        var (spec, before) = (value.Spec, old.Spec);
        var allowed = spec;
        // The binder sets the volume; an administrator may name the class of a claim that has none yet.
        if (before.VolumeName.Length == 0)
            allowed = allowed with { VolumeName = "" };
        if (before.StorageClassName is null)
            allowed = allowed with { StorageClassName = null };
        if (value.Status.Phase == "Bound")
        {
            allowed = allowed with
            {
                Resources = allowed.Resources with { Requests = allowed.Resources.Requests.With("storage", before.Resources.Requests.GetOr("storage")) },
                VolumeAttributesClassName = before.VolumeAttributesClassName,
            };
        }

        if (allowed != before)
            errors.Forbidden("spec", "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims" + SpecDifference.Describe(before, allowed));
        var size = spec.Resources.Requests.GetOr("storage");
        if (size < before.Resources.Requests.GetOr("storage") && size <= old.Status.Capacity.GetOr("storage"))
            errors.Forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
        BasicRules.Unchanged(errors, FieldPath.Root["volumeMode"], spec.VolumeMode, before.VolumeMode);
        // A class that could not be applied may be taken back; what a volume has got, it cannot lose but for another.
        if (spec.VolumeAttributesClassName != before.VolumeAttributesClassName && old.Status.CurrentVolumeAttributesClassName is not null
            && string.IsNullOrEmpty(spec.VolumeAttributesClassName))
        {
            var to = spec.VolumeAttributesClassName is null ? "nil" : "empty string";
            errors.Forbidden("spec.volumeAttributesClassName", $"update to {to} is forbidden when status.currentVolumeAttributesClassName is not nil");
        }
    }

    protected override PersistentVolumeClaim WithoutStatus(PersistentVolumeClaim value) => value with { Status = PersistentVolumeClaimStatus.Empty };

    protected override PersistentVolumeClaim WithStatusOf(PersistentVolumeClaim value, PersistentVolumeClaim other) => value with { Status = other.Status };

    protected override PersistentVolumeClaim WithSpecOf(PersistentVolumeClaim value, PersistentVolumeClaim other) => value with { Spec = other.Spec };

    protected override bool SameSpec(PersistentVolumeClaim value, PersistentVolumeClaim other) => value.Spec == other.Spec;

    // The older field was always dropped in silence when it named what nobody can fill volumes from.
    private static PersistentVolumeClaimSpec WithKnownSource(PersistentVolumeClaimSpec spec) => spec is { DataSource: { } source, DataSourceRef: null }
        && (source.Kind, source.ApiGroup ?? "") is not (("PersistentVolumeClaim", "") or ("VolumeSnapshot", "snapshot.storage.k8s.io"))
        ? spec with { DataSource = null }
        : spec;

    // The older and the newer name of one field: whoever reads only one of them finds it.
    private static PersistentVolumeClaimSpec WithDataSources(PersistentVolumeClaimSpec spec) => spec switch
    {
        { DataSource: { } source, DataSourceRef: null } => spec with
        {
            DataSourceRef = new() { ApiGroup = source.ApiGroup, Kind = source.Kind, Name = source.Name },
        },
        { DataSource: null, DataSourceRef: { } reference } when string.IsNullOrEmpty(reference.Namespace) => spec with
        {
            DataSource = new() { ApiGroup = reference.ApiGroup, Kind = reference.Kind, Name = reference.Name },
        },
        _ => spec,
    };
}
