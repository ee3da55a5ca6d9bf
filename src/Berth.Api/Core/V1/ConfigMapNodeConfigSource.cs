using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ConfigMapNodeConfigSource
{
    [Field(1, Always = true, Required = true)]
    public string Namespace { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(3)]
    public string Uid { get; init; } = "";

    [Field(4)]
    public string ResourceVersion { get; init; } = "";

    [Field(5, Always = true, Required = true)]
    public string KubeletConfigKey { get; init; } = "";
}
