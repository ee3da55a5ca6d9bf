using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Where requests go. Exactly one of the two.</summary>
public sealed partial record IngressBackend
{
    /// <summary>Another object, of the same namespace.</summary>
    [Field(3)]
    public TypedLocalObjectReference? Resource { get; init; }

    /// <summary>A Service of the same namespace.</summary>
    [Field(4)]
    public IngressServiceBackend? Service { get; init; }
}
