using Berth.Api.Core.V1;
using Berth.ApiServer.Strategies.Pods;

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
        value with { Spec = WithDataSources(value.Spec), Status = PersistentVolumeClaimStatus.Empty with { Phase = "Pending" } };

    public override PersistentVolumeClaim PrepareForUpdate(PersistentVolumeClaim value, PersistentVolumeClaim old) =>
        value with { Spec = WithDataSources(value.Spec), Status = old.Status };

    protected override PersistentVolumeClaim WithoutStatus(PersistentVolumeClaim value) => value with { Status = PersistentVolumeClaimStatus.Empty };

    protected override PersistentVolumeClaim WithStatusOf(PersistentVolumeClaim value, PersistentVolumeClaim other) => value with { Status = other.Status };

    protected override PersistentVolumeClaim WithSpecOf(PersistentVolumeClaim value, PersistentVolumeClaim other) => value with { Spec = other.Spec };

    protected override bool SameSpec(PersistentVolumeClaim value, PersistentVolumeClaim other) => value.Spec == other.Spec;

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
