using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

/// <summary>A node.</summary>
public sealed partial record ForNode
{
    /// <summary>Its name.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
