using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>How the subresource scale is served.</summary>
public sealed partial record CustomResourceSubresourceScale
{
    /// <summary>Path of the wanted number below .spec, without brackets.</summary>
    [Field(1, Always = true, Required = true)]
    public string SpecReplicasPath { get; init; } = "";

    /// <summary>Path of the present number below .status, without brackets.</summary>
    [Field(2, Always = true, Required = true)]
    public string StatusReplicasPath { get; init; } = "";

    /// <summary>Path of the selector as text, below .spec or .status; autoscalers need it.</summary>
    [Field(3)]
    public string? LabelSelectorPath { get; init; }
}
