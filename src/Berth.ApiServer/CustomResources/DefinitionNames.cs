using Berth.Api;
using Berth.Api.ApiExtensions.V1;

namespace Berth.ApiServer.CustomResources;

/// <summary>Decides which names a definition gets, and writes the conditions that follow. Pure.</summary>
internal static class DefinitionNames
{
    /// <summary>The status that a definition has among all others.</summary>
    public static CustomResourceDefinitionStatus Accept(CustomResourceDefinition definition, IReadOnlyList<CustomResourceDefinition> all, DateTimeOffset now)
    {
        var (status, names) = (definition.Status, definition.Spec.Names);
        var taken = all.Where(d => d.Metadata.Name != definition.Metadata.Name && d.Spec.Group == definition.Spec.Group).Select(d => d.Status.AcceptedNames).ToList();
        var resources = taken.SelectMany(n => n.ShortNames.Append(n.Plural).Append(n.Singular)).Where(n => n.Length > 0).ToHashSet(StringComparer.Ordinal);
        var kinds = taken.SelectMany(n => new[] { n.Kind, n.ListKind }).Where(n => n.Length > 0).ToHashSet(StringComparer.Ordinal);
        var (accepted, reason, message) = (status.AcceptedNames, "NoConflicts", "");

        Take(names.Plural, resources, "PluralConflict", () => accepted = accepted with { Plural = names.Plural });
        Take(names.Singular, resources, "SingularConflict", () => accepted = accepted with { Singular = names.Singular });
        if (names.ShortNames.FirstOrDefault(resources.Contains) is { } shortName)
            (reason, message) = ("ShortNamesConflict", $"\"{shortName}\" is already in use");
        else
            accepted = accepted with { ShortNames = names.ShortNames };
        Take(names.Kind, kinds, "KindConflict", () => accepted = accepted with { Kind = names.Kind });
        Take(names.ListKind, kinds, "ListKindConflict", () => accepted = accepted with { ListKind = names.ListKind });
        accepted = accepted with { Categories = names.Categories };

        var fits = message.Length == 0;
        var conditions = With(status.Conditions, "NamesAccepted", fits, fits ? "NoConflicts" : reason, fits ? "no conflicts found" : message, now);

        // Once served, a definition stays so: others cannot take its names away.
        if (fits || !Is(conditions, "Established"))
        {
            conditions = fits
                ? With(conditions, "Established", true, "InitialNamesAccepted", "the initial names have been accepted", now)
                : With(conditions, "Established", false, "NotAccepted", "not all names are accepted", now);
        }

        return status with { AcceptedNames = accepted, Conditions = conditions };

        void Take(string name, HashSet<string> used, string conflict, Action take)
        {
            if (used.Contains(name))
                (reason, message) = (conflict, $"\"{name}\" is already in use");
            else
                take();
        }
    }

    public static CustomResourceDefinition Terminating(CustomResourceDefinition definition, string reason, string message, DateTimeOffset now) =>
        definition with { Status = definition.Status with { Conditions = With(definition.Status.Conditions, "Terminating", true, reason, message, now) } };

    private static bool Is(ApiList<CustomResourceDefinitionCondition> conditions, string type) => conditions.Any(c => c.Type == type && c.Status == "True");

    private static ApiList<CustomResourceDefinitionCondition> With(
        ApiList<CustomResourceDefinitionCondition> conditions, string type, bool holds, string reason, string message, DateTimeOffset now)
    {
        var status = holds ? "True" : "False";
        var before = conditions.FirstOrDefault(c => c.Type == type);
        var next = new CustomResourceDefinitionCondition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : now,
        };
        return before is null ? conditions.Add(next) : before == next ? conditions : conditions.Map(c => c.Type == type ? next : c);
    }
}
