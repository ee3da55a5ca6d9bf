using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>Kind of a policy's parameters.</summary>
[Atomic]
public sealed partial record ParamKind
{
    /// <summary>Version of the API, with its group.</summary>
    [Field(1)]
    public string ApiVersion { get; init; } = "";

    /// <summary>The kind.</summary>
    [Field(2)]
    public string Kind { get; init; } = "";
}
