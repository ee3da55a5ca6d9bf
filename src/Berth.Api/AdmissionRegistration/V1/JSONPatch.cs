using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>A change as a list of operations.</summary>
public sealed partial record JSONPatch
{
    /// <summary>Expression in CEL that gives a list of JSONPatch{op, path, from, value}; jsonpatch.escapeKey writes keys into paths.</summary>
    [Field(1)]
    public string Expression { get; init; } = "";
}
