using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.Json;
using Berth.ApiServer.Admission.Expressions;
using Berth.ApiServer.Apply;
using Berth.ApiServer.Patch;
using Berth.Cel;
using Berth.Cel.Json;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>A MutatingAdmissionPolicy, compiled. Immutable.</summary>
internal sealed class MutatingPolicy : ICompiledPolicy<MutatingPolicy, MutatingAdmissionPolicy>
{
    private readonly MatchConditions _conditions;
    private readonly PolicyVariables _variables;
    private readonly (CelProgram? Program, string? Problem)[] _mutations;

    public MutatingPolicy(MutatingAdmissionPolicy source)
    {
        Source = source;
        var spec = source.Spec;
        Match = new PolicyMatch(spec.MatchConstraints ?? MatchResources.Empty);
        var hasParameters = spec.ParamKind is not null;
        _conditions = new MatchConditions(spec.MatchConditions, hasParameters);
        _variables = new PolicyVariables(AdmissionEnvironment.Of(hasParameters).WithTypes(MutationTypes.Find), spec.Variables);
        _mutations = [.. spec.Mutations.Select(m => (Compile(_variables.Environment, m, out var problem), problem))];
    }

    public MutatingAdmissionPolicy Source { get; }

    public string Name => Source.Metadata.Name;

    public PolicyMatch Match { get; }

    public bool IgnoresFailure => Source.Spec.FailurePolicy == "Ignore";

    public bool IsCalledAgain => Source.Spec.ReinvocationPolicy == "IfNeeded";

    public static MutatingPolicy Compile(MutatingAdmissionPolicy source) => new(source);

    public bool IsOf(MutatingAdmissionPolicy source) => Source.Spec == source.Spec;

    /// <summary>Compiles one mutation; null with the problem when it is none.</summary>
    public static CelProgram? Compile(CelEnvironment environment, Mutation mutation, out string? problem) => mutation.PatchType == "JSONPatch"
        ? AdmissionEnvironment.Compile(environment, mutation.JsonPatch?.Expression.Trim() ?? "", out problem, CelType.List(MutationTypes.JsonPatch))
        : AdmissionEnvironment.Compile(environment, mutation.ApplyConfiguration?.Expression.Trim() ?? "", out problem, MutationTypes.Root);

    /// <summary>The object as the policy wants it.</summary>
    /// <param name="authorized">The request with this object: each mutation sees what the one before made.</param>
    /// <exception cref="PolicyException">A condition or a mutation failed.</exception>
    public T Mutate<T>(T value, Func<T, AdmissionInputs> authorized, CelValue? parameters, Berth.Api.Core.V1.Namespace? ns, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        var holds = _conditions.Hold(authorized(value).With(parameters, null, null), out var problem, cancellation);
        if (problem is not null)
            throw new PolicyException(problem);
        if (!holds)
            return value;
        for (var i = 0; i < _mutations.Length; i++)
        {
            if (_mutations[i].Program is not { } program)
                throw new PolicyException($"compilation error: {_mutations[i].Problem}");
            var variables = new VariableValues(_variables, cancellation);
            var inputs = authorized(value).With(parameters, variables, ns);
            variables.Inputs = inputs;
            var outcome = program.Evaluate(inputs, AdmissionEnvironment.ExpressionCostMax, cancellation);
            if (outcome.Cost + variables.Cost > AdmissionEnvironment.BindingCostMax)
                throw new PolicyException("validation failed due to running out of cost budget, no further validation rules will be run");
            if (outcome.Error is { } error)
                throw new PolicyException($"expression '{program.Source}' resulted in error: {error}");
            value = Source.Spec.Mutations[i].PatchType == "JSONPatch" ? Patched(value, outcome.Value) : Merged(value, outcome.Value);
        }

        return value;
    }

    private static T Merged<T>(T value, CelValue configuration)
        where T : class, IApiObject<T>
    {
        PathsMatch("Object", configuration);
        var applied = (JsonObject)Json(configuration)!;
        // What the object is, is not for a policy to say.
        applied.Remove("apiVersion");
        applied.Remove("kind");
        if (AppliedValidation.Check(applied, value.KindInfo.Schema) is { } unfit)
            throw new PolicyException($"error applying patch: failed to convert patch object to typed object: {unfit}");
        var type = FieldType.Of(value.KindInfo.Schema);
        var atomic = new List<string>();
        Atomics(applied, type, "", atomic);
        if (atomic.Count > 0)
            throw new PolicyException($"error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: {string.Join(", ", atomic)}");
        return Read<T>(StructuredMerge.Merge(JsonTree.Of(value), applied, type)!, value);
    }

    private static T Patched<T>(T value, CelValue patches)
        where T : class, IApiObject<T>
    {
        var operations = new JsonArray();
        var list = (CelList)patches;
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not CelObject patch)
                throw new PolicyException($"type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch, got element of {list[i].Type.Name}");
            var operation = new JsonObject { ["op"] = Text(patch, "op"), ["path"] = Text(patch, "path") };
            if (Text(patch, "from") is { Length: > 0 } from)
                operation["from"] = from;
            if (patch.Find("value") is { } given)
            {
                if (given is CelObject { Type.Name: var name } and RecordValue && name.StartsWith("Object", StringComparison.Ordinal))
                    PathsMatch(name, given);
                operation["value"] = Json(given);
            }

            operations.Add((JsonNode)operation);
        }

        try
        {
            return Read<T>(JsonPatch.Apply(JsonTree.Of(value), JsonTree.ToBytes(operations))!, value);
        }
        catch (PatchException e) when (e.IsFailedTest)
        {
            return value;
        }
        catch (PatchException e)
        {
            throw new PolicyException($"JSON Patch: {e.Message}");
        }
    }

    private static string Text(CelObject patch, string field) => patch.Find(field) is CelString text ? text.Value : "";

    private static JsonNode? Json(CelValue value)
    {
        try
        {
            return JsonValues.ToJson(value);
        }
        catch (CelEvaluationException e)
        {
            throw new PolicyException(e.Message);
        }
    }

    private static T Read<T>(JsonNode tree, T before)
        where T : class, IApiObject<T>
    {
        try
        {
            return (T)before.KindInfo.ReadJson(JsonTree.ToBytes(tree), null);
        }
        catch (Exception e) when (e is JsonException or JsonFormatException)
        {
            throw new PolicyException($"error applying patch: {e.Message}");
        }
    }

    // Object.spec{} belongs into the field spec of an Object, nowhere else.
    private static void PathsMatch(string path, CelValue value)
    {
        switch (value)
        {
            case RecordValue o:
                if (o.Type.Name != path)
                    throw new PolicyException($"type mismatch: unexpected type name \"{o.Type.Name}\", expected \"{path}\", which matches field name path from root Object type");
                foreach (var field in o.Fields)
                    PathsMatch($"{path}.{field}", o.Find(field)!);
                break;
            case CelList list:
                for (var i = 0; i < list.Count; i++)
                    PathsMatch(path, list[i]);
                break;
            case CelMap map:
                foreach (var key in map.Keys)
                    PathsMatch(path, map.Find(key)!);
                break;
        }
    }

    private static void Atomics(JsonNode? value, FieldType type, string path, List<string> found)
    {
        type = type.For(value);
        if (type.Form == FieldForm.Atomic && value is JsonObject or JsonArray)
        {
            found.Add(path);
            return;
        }

        switch (value)
        {
            case JsonObject map:
                foreach (var (name, member) in map)
                    Atomics(member, type.Field(name), $"{path}.{name}", found);
                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    Atomics(list[i], type.Item, $"{path}[{i}]", found);
                break;
        }
    }
}
