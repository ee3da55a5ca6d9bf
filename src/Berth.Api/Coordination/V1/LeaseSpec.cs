using Berth.Api.Schema;

namespace Berth.Api.Coordination.V1;

public sealed partial record LeaseSpec
{
    [Field(1)]
    public string? HolderIdentity { get; init; }

    [Field(2)]
    public int? LeaseDurationSeconds { get; init; }

    [Field(3)]
    public MicroTime? AcquireTime { get; init; }

    [Field(4)]
    public MicroTime? RenewTime { get; init; }

    [Field(5)]
    public int? LeaseTransitions { get; init; }

    [Field(6)]
    public string? Strategy { get; init; }

    [Field(7)]
    public string? PreferredHolder { get; init; }
}
