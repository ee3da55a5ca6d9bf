using Berth.Cel.Types;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>What mutations construct: <c>Object{spec: Object.spec{...}}</c> and <c>JSONPatch{op: ...}</c>.</summary>
internal static class MutationTypes
{
    public static CelObjectType Root { get; } = new ConfigurationType("Object");

    public static CelObjectType JsonPatch { get; } = new RecordType("JSONPatch", new Dictionary<string, CelType>(StringComparer.Ordinal)
    {
        ["op"] = CelType.String,
        ["path"] = CelType.String,
        ["from"] = CelType.String,
        ["value"] = CelType.Dyn,
    });

    public static CelType? Find(string name) => name switch
    {
        "JSONPatch" => JsonPatch,
        "Object" => Root,
        _ when name.StartsWith("Object.", StringComparison.Ordinal) => new ConfigurationType(name),
        _ => null,
    };

    // A part of some object, named by its path. Which fields there are is the merge's to know.
    private sealed class ConfigurationType(string name) : CelObjectType(name)
    {
        public override CelType? Field(string name) => CelType.Dyn;
    }
}
