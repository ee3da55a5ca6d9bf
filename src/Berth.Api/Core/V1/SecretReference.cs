using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A Secret of any namespace.</summary>
[Atomic]
public sealed partial record SecretReference
{
    /// <summary>Its name.</summary>
    [Field(1)]
    public string Name { get; init; } = "";

    /// <summary>Its namespace.</summary>
    [Field(2)]
    public string Namespace { get; init; } = "";
}
