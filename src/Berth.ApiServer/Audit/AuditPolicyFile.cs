using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Yaml;

namespace Berth.ApiServer.Audit;

/// <summary>Reads an audit policy (<c>kind: Policy</c>, <c>apiVersion: audit.k8s.io/v1</c>) from YAML or JSON.</summary>
public static class AuditPolicyFile
{
    private const string ApiVersion = "audit.k8s.io/v1";

    private static readonly string[] s_levels = Enum.GetNames<AuditLevel>();
    private static readonly string[] s_stages = Enum.GetNames<AuditStage>();

    /// <param name="notes">Takes a line for each field that a policy does not have: as in Kubernetes, such are passed over.</param>
    /// <exception cref="AuditPolicyException">The text is no audit policy.</exception>
    public static AuditPolicy Parse(ReadOnlySpan<byte> text, ICollection<string> notes)
    {
        JsonObject policy;
        try
        {
            policy = JsonTree.Parse(YamlToJson.Convert(text)) as JsonObject ?? throw new AuditPolicyException("the file holds no object");
        }
        catch (YamlFormatException e)
        {
            throw new AuditPolicyException(e.Message, e);
        }
        catch (JsonException e)
        {
            throw new AuditPolicyException(e.Message, e);
        }

        var version = policy["apiVersion"]?.ToString() ?? "";
        var kind = policy["kind"]?.ToString() ?? "";
        if (version != ApiVersion || kind != "Policy")
            throw new AuditPolicyException($"it must be of kind Policy in version {ApiVersion}, and is {(kind.Length == 0 ? "of no kind" : $"a {kind}")} in version \"{version}\"");
        return new Reader(notes).Read(policy);
    }

    private sealed class Reader(ICollection<string> notes)
    {
        private readonly FieldErrors _errors = new();

        public AuditPolicy Read(JsonObject policy)
        {
            Known(policy, "", "apiVersion", "kind", "metadata", "rules", "omitStages", "omitManagedFields");
            var omitted = Stages(policy, "omitStages");
            var omitsFields = Flag(policy, "omitManagedFields", "omitManagedFields") ?? false;
            var rules = Objects(policy, "rules", "rules").Select((r, i) => Rule(r, $"rules[{i}]", omitted, omitsFields)).ToList();
            if (rules.Count == 0 && _errors.IsEmpty)
                _errors.Required("rules", "a policy without rules writes nothing down");
            return _errors.IsEmpty ? new AuditPolicy(rules) : throw new AuditPolicyException(_errors.Describe());
        }

        private AuditRule Rule(JsonObject rule, string path, IReadOnlyList<AuditStage> omitted, bool omitsFields)
        {
            Known(rule, path + ".", "level", "users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs", "omitStages", "omitManagedFields");
            var level = AuditLevel.None;
            var given = Text(rule, "level", $"{path}.level");
            if (given.Length == 0)
                _errors.Required($"{path}.level");
            else if (!s_levels.Contains(given))
                _errors.NotSupported($"{path}.level", given, s_levels);
            else
                level = Enum.Parse<AuditLevel>(given);

            var made = new AuditRule(level)
            {
                Users = Texts(rule, "users", $"{path}.users"),
                UserGroups = Texts(rule, "userGroups", $"{path}.userGroups"),
                Verbs = Texts(rule, "verbs", $"{path}.verbs"),
                Resources = [.. Objects(rule, "resources", $"{path}.resources").Select((r, i) => Resources(r, $"{path}.resources[{i}]"))],
                Namespaces = Texts(rule, "namespaces", $"{path}.namespaces"),
                NonResourceUrls = Texts(rule, "nonResourceURLs", $"{path}.nonResourceURLs"),
                OmitStages = [.. omitted.Union(Stages(rule, $"{path}.omitStages"))],
                OmitManagedFields = Flag(rule, "omitManagedFields", $"{path}.omitManagedFields") ?? omitsFields,
            };
            for (var i = 0; i < made.NonResourceUrls.Count; i++)
            {
                var url = made.NonResourceUrls[i];
                if (url == "*")
                    continue;
                if (!url.StartsWith('/'))
                    _errors.Invalid($"{path}.nonResourceURLs[{i}]", url, "non-resource URL rules must begin with a '/' character");
                if (url.Length > 0 && url.AsSpan(0, url.Length - 1).Contains('*'))
                    _errors.Invalid($"{path}.nonResourceURLs[{i}]", url, "non-resource URL wildcards '*' must be the final character of the rule");
            }

            if (made.NonResourceUrls.Count > 0 && (made.Resources.Count > 0 || made.Namespaces.Count > 0))
                _errors.Invalid($"{path}.nonResourceURLs", made.NonResourceUrls, "rules cannot apply to both regular resources and non-resource URLs");
            return made;
        }

        private AuditResources Resources(JsonObject resources, string path)
        {
            Known(resources, path + ".", "group", "resources", "resourceNames");
            var made = new AuditResources(Text(resources, "group", $"{path}.group"), Texts(resources, "resources", $"{path}.resources"), Texts(resources, "resourceNames", $"{path}.resourceNames"));
            if (made.Group.Length > 0 && made.Group != "*")
            {
                // Also catches a version behind the group's name.
                foreach (var problem in NameSyntax.DnsSubdomain(made.Group))
                    _errors.Invalid($"{path}.group", made.Group, problem);
            }

            if (made.Names.Count > 0 && made.Resources.Count == 0)
                _errors.Invalid($"{path}.resourceNames", made.Names, "using resourceNames requires at least one resource");
            return made;
        }

        private List<AuditStage> Stages(JsonObject of, string path)
        {
            var stages = new List<AuditStage>();
            var given = Texts(of, "omitStages", path);
            for (var i = 0; i < given.Count; i++)
            {
                if (s_stages.Contains(given[i]))
                    stages.Add(Enum.Parse<AuditStage>(given[i]));
                else
                    _errors.Invalid($"{path}[{i}]", given[i], "allowed stages are " + string.Join(",", s_stages));
            }

            return stages;
        }

        private void Known(JsonObject of, string prefix, params ReadOnlySpan<string> names)
        {
            foreach (var (name, _) in of)
            {
                if (!names.Contains(name))
                    notes.Add($"unknown field \"{prefix}{name}\"");
            }
        }

        private string Text(JsonObject of, string name, string path)
        {
            switch (of[name])
            {
                case null:
                    return "";
                case JsonValue value when value.TryGetValue<string>(out var text):
                    return text;
                case var other:
                    _errors.TypeInvalid(path, other, "must be a string");
                    return "";
            }
        }

        private bool? Flag(JsonObject of, string name, string path)
        {
            switch (of[name])
            {
                case null:
                    return null;
                case JsonValue value when value.TryGetValue<bool>(out var flag):
                    return flag;
                case var other:
                    _errors.TypeInvalid(path, other, "must be a boolean");
                    return null;
            }
        }

        private List<string> Texts(JsonObject of, string name, string path) => List(of, name, path, "strings", n => n is JsonValue value && value.TryGetValue<string>(out var text) ? text : null);

        private List<JsonObject> Objects(JsonObject of, string name, string path) => List(of, name, path, "objects", n => n as JsonObject);

        private List<T> List<T>(JsonObject of, string name, string path, string what, Func<JsonNode?, T?> read)
            where T : class
        {
            var list = new List<T>();
            if (of[name] is not { } given)
                return list;
            if (given is not JsonArray items)
            {
                _errors.TypeInvalid(path, given, $"must be a list of {what}");
                return list;
            }

            for (var i = 0; i < items.Count; i++)
            {
                if (read(items[i]) is { } item)
                    list.Add(item);
                else
                    _errors.TypeInvalid($"{path}[{i}]", items[i], $"the list is one of {what}");
            }

            return list;
        }
    }
}
