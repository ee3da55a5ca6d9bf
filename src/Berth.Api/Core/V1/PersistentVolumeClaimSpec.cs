using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PersistentVolumeClaimSpec
{
    [Field(1)]
    public ApiList<string> AccessModes { get; init; } = [];

    [Field(2)]
    public VolumeResourceRequirements Resources { get; init; } = VolumeResourceRequirements.Empty;

    [Field(3)]
    public string VolumeName { get; init; } = "";

    [Field(4)]
    public LabelSelector? Selector { get; init; }

    [Field(5)]
    public string? StorageClassName { get; init; }

    [Field(6)]
    public string? VolumeMode { get; init; }

    [Field(7)]
    public TypedLocalObjectReference? DataSource { get; init; }

    [Field(8)]
    public TypedObjectReference? DataSourceRef { get; init; }

    [Field(9)]
    public string? VolumeAttributesClassName { get; init; }
}
