using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IPAddressSpec
{
    [Field(1, Required = true)]
    public ParentReference? ParentRef { get; init; }
}
