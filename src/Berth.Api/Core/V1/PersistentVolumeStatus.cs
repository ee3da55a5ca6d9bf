using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PersistentVolumeStatus
{
    [Field(1)]
    public string Phase { get; init; } = "";

    [Field(2)]
    public string Message { get; init; } = "";

    [Field(3)]
    public string Reason { get; init; } = "";

    [Field(4)]
    public Time? LastPhaseTransitionTime { get; init; }
}
