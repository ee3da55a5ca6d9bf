using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record CustomResourceSubresourceScale
{
    [Field(1, Always = true, Required = true)]
    public string SpecReplicasPath { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string StatusReplicasPath { get; init; } = "";

    [Field(3)]
    public string? LabelSelectorPath { get; init; }
}
