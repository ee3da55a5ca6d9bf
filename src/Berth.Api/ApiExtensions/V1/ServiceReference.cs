using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>A Service that a webhook is behind.</summary>
public sealed partial record ServiceReference
{
    /// <summary>Its namespace.</summary>
    [Field(1, Always = true, Required = true)]
    public string Namespace { get; init; } = "";

    /// <summary>Its name.</summary>
    [Field(2, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Path of the request.</summary>
    [Field(3)]
    public string? Path { get; init; }

    /// <summary>Its port. Default: 443.</summary>
    [Field(4)]
    public int? Port { get; init; }
}
