using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record QuobyteVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string Registry { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Volume { get; init; } = "";

    [Field(3)]
    public bool ReadOnly { get; init; }

    [Field(4)]
    public string User { get; init; } = "";

    [Field(5)]
    public string Group { get; init; } = "";

    [Field(6)]
    public string Tenant { get; init; } = "";
}
