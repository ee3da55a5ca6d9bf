using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record GitRepoVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string Repository { get; init; } = "";

    [Field(2)]
    public string Revision { get; init; } = "";

    [Field(3)]
    public string Directory { get; init; } = "";
}
