using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

[Atomic]
public sealed partial record ParamKind
{
    [Field(1)]
    public string ApiVersion { get; init; } = "";

    [Field(2)]
    public string Kind { get; init; } = "";
}
