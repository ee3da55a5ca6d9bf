using System.Text.Json.Nodes;
using Berth.Api.ApiExtensions.V1;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Validation;
using Berth.Cel;
using Berth.Cel.Json;
using Berth.Cel.Values;

namespace Berth.ApiServer.CustomResources.Rules;

/// <summary>
/// Holds one object to the rules of its schema. What was wrong before and is the same now may stay, save for rules that compare the
/// two. Used once, by one thread.
/// </summary>
internal sealed class RuleRun(FieldErrors errors)
{
    // Of all rules of an object together.
    private const long CostMax = 10_000_000;

    private const int MessageCharactersMax = 5 * 1024;

    private const string OutOfBudget = "validation failed due to running out of cost budget, no further validation rules will be run";

    private long _budget = CostMax;
    private bool _stopped;

    /// <param name="old">Null when there was none, or it cannot be told which it was.</param>
    /// <param name="unchanged">Something above is as it was.</param>
    public void Check(RuleNode node, FieldPath path, JsonNode? value, JsonNode? old, bool unchanged = false)
    {
        // Only what is there has rules; whether it may be missing is for the rules above it.
        if (_stopped || value is null)
            return;
        unchanged = unchanged || (old is not null && JsonSame.Are(value, old));
        if (node.Rules.Count > 0)
            Rules(node, path, value, old, unchanged);
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, member) in map)
                {
                    var before = old is JsonObject known ? known[name] : null;
                    if (node.Properties.TryGetValue(name, out var property))
                        Check(property, path[name], member, before, unchanged);
                    else if (node.Additional is { } additional && !node.Schema.Properties.ContainsKey(name))
                        Check(additional, path.Key(name), member, before, unchanged);
                }

                break;
            case JsonArray list when node.Items is { } items:
                for (var i = 0; i < list.Count; i++)
                    Check(items, path[i], list[i], Counterpart(node.Schema, list[i], old as JsonArray), unchanged);
                break;
        }
    }

    // Of lists that are maps alone it is known which item was which.
    private static JsonNode? Counterpart(StructuralSchema schema, JsonNode? item, JsonArray? old)
    {
        if (schema.Source.XKubernetesListType != "map" || item is not JsonObject map || old is null)
            return null;
        return old.FirstOrDefault(o => o is JsonObject before && schema.Source.XKubernetesListMapKeys.All(k => JsonSame.Are(before[k], map[k])));
    }

    private void Rules(RuleNode node, FieldPath path, JsonNode value, JsonNode? old, bool unchanged)
    {
        var self = TypedJson.Of(value, node.Type);
        var oldSelf = old is null ? null : TypedJson.Of(old, node.Type);
        foreach (var rule in node.Rules)
        {
            if (rule.Program is not { } program)
            {
                errors.Invalid(Shown(path), (object)node.Schema.Type, $"rule compile error: {rule.Problem}");
                continue;
            }

            var isOptional = rule.Source.OptionalOldSelf == true;
            if (rule.IsTransition && oldSelf is null && !isOptional)
                continue;
            var inputs = new CelInputs { ["self"] = self };
            if (isOptional)
                inputs["oldSelf"] = oldSelf is null ? CelOptional.None : CelOptional.Of(oldSelf);
            else if (oldSelf is not null)
                inputs["oldSelf"] = oldSelf;

            var outcome = program.Evaluate(inputs);
            if (!Afford(outcome.Cost, path, node, OutOfBudget))
                return;
            if (outcome.Error is { } error)
            {
                Failed(error, rule, path, node);
                if (_stopped)
                    return;
            }
            else if (!outcome.IsTrue && (rule.IsTransition || !unchanged))
            {
                var message = Message(rule, inputs, path, node);
                if (_stopped)
                    return;
                Report(rule.Source, rule.At(path, node.Schema), node, value, message ?? (rule.Source.Message.Length > 0 ? rule.Source.Message.Trim() : $"failed rule: {rule.Shown}"));
            }
        }
    }

    private bool Afford(long cost, FieldPath path, RuleNode node, string problem)
    {
        _budget -= cost;
        if (_budget >= 0)
            return true;
        _stopped = true;
        errors.Invalid(Shown(path), (object)node.Schema.Type, problem);
        return false;
    }

    private void Failed(string error, CompiledRule rule, FieldPath path, RuleNode node)
    {
        if (error.StartsWith("no such overload", StringComparison.Ordinal))
        {
            errors.Invalid(Shown(path), (object)node.Schema.Type, $"'{error}': call arguments did not match a supported operator, function or macro signature for rule: {rule.Shown}");
        }
        else if (error.StartsWith("operation cancelled", StringComparison.Ordinal))
        {
            errors.Invalid(Shown(path), (object)node.Schema.Type, $"'{error}': no further validation rules will be run due to call cost exceeds limit for rule: {rule.Shown}");
            _stopped = true;
        }
        else
        {
            errors.Invalid(Shown(path), (object)node.Schema.Type, $"{error} evaluating rule: {rule.Shown}");
        }
    }

    /// <returns>Null when the rule has no message of its own making.</returns>
    private string? Message(CompiledRule rule, CelInputs inputs, FieldPath path, RuleNode node)
    {
        if (rule.Message is not { } program)
            return null;
        var outcome = program.Evaluate(inputs);
        if (!Afford(outcome.Cost, path, node, "messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run"))
            return null;
        return outcome.Value is CelString { Value: var text } && text.Trim() is { Length: > 0 and <= MessageCharactersMax } made && !made.Contains('\n', StringComparison.Ordinal)
            ? made
            : null;
    }

    // The object as a whole has no name of its own.
    private static string Shown(FieldPath path) => (string)path is { Length: > 0 } text ? text : "<nil>";

    private void Report(ValidationRule rule, FieldPath at, RuleNode node, JsonNode value, string detail)
    {
        var path = Shown(at);
        var isStruct = node.Schema.Type is "object" or "array";
        switch (rule.Reason)
        {
            case "FieldValueForbidden":
                errors.Forbidden(path, detail);
                break;
            case "FieldValueRequired":
                errors.Required(path, detail);
                break;
            case "FieldValueDuplicate" when isStruct:
                errors.DuplicateStruct(path);
                break;
            case "FieldValueDuplicate":
                errors.Duplicate(path, value);
                break;
            default:
                if (isStruct)
                    errors.InvalidStruct(path, detail);
                else
                    errors.Invalid(path, (object)value, detail);
                break;
        }
    }
}
