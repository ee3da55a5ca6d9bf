using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IngressBackend
{
    [Field(3)]
    public TypedLocalObjectReference? Resource { get; init; }

    [Field(4)]
    public IngressServiceBackend? Service { get; init; }
}
