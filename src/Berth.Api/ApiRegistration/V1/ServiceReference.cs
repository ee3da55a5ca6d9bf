using Berth.Api.Schema;

namespace Berth.Api.ApiRegistration.V1;

/// <summary>A Service.</summary>
public sealed partial record ServiceReference
{
    /// <summary>Its namespace.</summary>
    [Field(1)]
    public string Namespace { get; init; } = "";

    /// <summary>Its name.</summary>
    [Field(2)]
    public string Name { get; init; } = "";

    /// <summary>Its port. Default: 443.</summary>
    [Field(3)]
    public int? Port { get; init; }
}
