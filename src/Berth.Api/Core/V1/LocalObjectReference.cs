using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An object of the same namespace.</summary>
[Atomic]
public sealed partial record LocalObjectReference
{
    /// <summary>Its name.</summary>
    [Field(1)]
    public string Name { get; init; } = "";
}
