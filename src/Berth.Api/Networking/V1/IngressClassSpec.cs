using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>A controller.</summary>
public sealed partial record IngressClassSpec
{
    /// <summary>Its name, such as example.com/ingress. It cannot change.</summary>
    [Field(1)]
    public string Controller { get; init; } = "";

    /// <summary>Its settings.</summary>
    [Field(2)]
    public IngressClassParametersReference? Parameters { get; init; }
}
