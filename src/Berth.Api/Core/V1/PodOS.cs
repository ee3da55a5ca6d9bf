using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Operating system of a pod.</summary>
public sealed partial record PodOS
{
    /// <summary>linux or windows.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
