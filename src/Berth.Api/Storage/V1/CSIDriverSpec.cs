using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

public sealed partial record CSIDriverSpec
{
    [Field(1)]
    public bool? AttachRequired { get; init; }

    [Field(2)]
    public bool? PodInfoOnMount { get; init; }

    [Field(3), ListSet]
    public ApiList<string> VolumeLifecycleModes { get; init; } = [];

    [Field(4)]
    public bool? StorageCapacity { get; init; }

    [Field(5)]
    public string? FsGroupPolicy { get; init; }

    [Field(6)]
    public ApiList<TokenRequest> TokenRequests { get; init; } = [];

    [Field(7)]
    public bool? RequiresRepublish { get; init; }

    [Field(8)]
    public bool? SeLinuxMount { get; init; }

    [Field(9)]
    public long? NodeAllocatableUpdatePeriodSeconds { get; init; }

    [Field(10)]
    public bool? ServiceAccountTokenInSecrets { get; init; }

    [Field(11)]
    public bool? PreventPodSchedulingIfMissing { get; init; }
}
