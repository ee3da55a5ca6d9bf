using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NFSVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string Server { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Path { get; init; } = "";

    [Field(3)]
    public bool ReadOnly { get; init; }
}
