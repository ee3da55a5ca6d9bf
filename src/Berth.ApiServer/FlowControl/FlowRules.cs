using Berth.Api;
using Berth.Api.FlowControl.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.FlowControl;

/// <summary>
/// The flow schemas in the order in which they are asked, made from one moment's objects. Immutable: a change makes a new one,
/// on the first request after it.
/// </summary>
internal sealed class FlowRules
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private readonly (long Schemas, long Levels) _versions;
    private readonly Schema[] _schemas;
    private readonly Schema _catchAll;

    private FlowRules((long, long) versions, Schema[] schemas, Schema catchAll)
    {
        _versions = versions;
        _schemas = schemas;
        _catchAll = catchAll;
    }

    /// <summary>Also gives the pool its levels. The mandatory objects hold where the store does not have them, yet or any more.</summary>
    /// <param name="before">Counts of schemas that are still there go on.</param>
    public static FlowRules Build(IObjectReader objects, SeatPool pool, FlowRules? before)
    {
        // The versions come first: what changes while the lists are read makes the rules stale, never wrongly fresh.
        var versions = Versions(objects);
        var levels = objects.List<PriorityLevelConfiguration>().ToDictionary(l => l.Metadata.Name, StringComparer.Ordinal);
        foreach (var mandatory in DefaultFlows.MandatoryLevels)
            levels.TryAdd(mandatory.Metadata.Name, mandatory);
        var stored = objects.List<FlowSchema>().ToDictionary(s => s.Metadata.Name, StringComparer.Ordinal);
        foreach (var mandatory in DefaultFlows.MandatorySchemas)
            stored.TryAdd(mandatory.Metadata.Name, mandatory);
        var seats = pool.Configure(levels.Values, stored.Keys.ToHashSet(StringComparer.Ordinal));
        var counts = before?._schemas.ToDictionary(s => s.Name, s => s.Counts, StringComparer.Ordinal) ?? [];

        // A schema whose level is missing does not count.
        var schemas = stored.Values
            .Where(s => levels.ContainsKey(s.Spec.PriorityLevelConfiguration.Name))
            .OrderBy(s => s.Spec.MatchingPrecedence).ThenBy(s => s.Metadata.Name, StringComparer.Ordinal)
            .Select(s => Compile(s, levels[s.Spec.PriorityLevelConfiguration.Name], seats, counts))
            .ToArray();
        var catchAll = schemas.FirstOrDefault(s => s.Name == DefaultFlows.CatchAll)
            ?? Compile(DefaultFlows.MandatorySchemas[^1], levels[DefaultFlows.CatchAll], seats, counts);
        return new FlowRules(versions, schemas, catchAll);
    }

    public bool IsFresh(IObjectReader objects) => _versions == Versions(objects);

    public Flow Classify(RequestInfo request, UserInfo user)
    {
        var schema = _catchAll;
        foreach (var candidate in _schemas)
        {
            if (!candidate.Matches(request, user))
                continue;
            schema = candidate;
            break;
        }

        var distinguisher = schema.Distinguisher switch
        {
            "ByUser" => user.Name,
            "ByNamespace" => request.Namespace,
            _ => "",
        };
        return new Flow(schema, schema.Level, schema.LevelUid, Hash(schema.Name, distinguisher));
    }

    private static (long, long) Versions(IObjectReader objects) => (objects.Version<FlowSchema>(), objects.Version<PriorityLevelConfiguration>());

    private static Schema Compile(
        FlowSchema schema, PriorityLevelConfiguration level, IReadOnlyDictionary<string, SeatPool.Level> seats, Dictionary<string, FlowCounts> counts) =>
        new(schema.Metadata.Name, schema.Metadata.Uid, schema.Spec.DistinguisherMethod?.Type, schema.Spec.Rules, seats[level.Metadata.Name], level.Metadata.Uid)
        {
            Counts = counts.GetValueOrDefault(schema.Metadata.Name) ?? new FlowCounts(schema.Metadata.Name),
        };

    // FNV-1a: each request pays for it, and nobody gains by meeting another's queues.
    private static ulong Hash(string schema, string distinguisher)
    {
        var hash = FnvOffset;
        foreach (var c in schema)
            hash = (hash ^ c) * FnvPrime;
        hash = (hash ^ 0xFFFF) * FnvPrime;
        foreach (var c in distinguisher)
            hash = (hash ^ c) * FnvPrime;
        return hash;
    }

    /// <summary>A flow schema, ready to be asked.</summary>
    internal sealed record Schema(string Name, string Uid, string? Distinguisher, ApiList<PolicyRulesWithSubjects> Rules, SeatPool.Level Level, string LevelUid)
    {
        public required FlowCounts Counts { get; init; }

        public bool Matches(RequestInfo request, UserInfo user)
        {
            foreach (var rule in Rules.AsSpan())
            {
                if (FlowMatch.Matches(rule, request, user))
                    return true;
            }

            return false;
        }
    }
}
