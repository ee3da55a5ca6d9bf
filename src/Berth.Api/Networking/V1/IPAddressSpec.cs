using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Whose an address is.</summary>
public sealed partial record IPAddressSpec
{
    /// <summary>The Service. It cannot change.</summary>
    [Field(1, Required = true)]
    public ParentReference? ParentRef { get; init; }
}
