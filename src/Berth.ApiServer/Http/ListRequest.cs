using System.Globalization;
using System.Text;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Selection;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Watch;
using Berth.Store;

namespace Berth.ApiServer.Http;

/// <summary>The options of a list, watch or deletecollection, read from its query and checked.</summary>
public sealed record ListRequest
{
    public required Selection Selection { get; init; }

    /// <summary>As the client wrote it; empty when unset.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary><see cref="ResourceVersion"/> as a number; null when unset.</summary>
    public Revision? Revision { get; init; }

    /// <summary>Exact, NotOlderThan or empty.</summary>
    public string ResourceVersionMatch { get; init; } = "";

    /// <summary>0: all.</summary>
    public int Limit { get; init; }

    public ContinueToken? Continue { get; init; }

    public bool AllowBookmarks { get; init; }

    public bool? SendInitialEvents { get; init; }

    /// <summary>Null when the client leaves it to the server.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <exception cref="ApiStatusException">An option cannot be read, or options do not fit each other.</exception>
    public static ListRequest Parse(ApiRequest request, ISelectable registry)
    {
        var query = request.Query;
        var watch = request.Info.Verb == "watch";
        var version = query["resourceVersion"].ToString();
        var match = query["resourceVersionMatch"].ToString();
        var token = query["continue"].ToString();
        var parsed = new ListRequest
        {
            Selection = SelectionOf(request, registry),
            ResourceVersion = version,
            Revision = ParseRevision(version),
            ResourceVersionMatch = match,
            Limit = (int)Math.Clamp(Number(query["limit"]) ?? 0, 0, int.MaxValue),
            Continue = token.Length == 0 ? null : ContinueToken.Parse(token),
            AllowBookmarks = Flag(query["allowWatchBookmarks"]) ?? false,
            SendInitialEvents = Flag(query["sendInitialEvents"]),
            Timeout = Number(query["timeoutSeconds"]) is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, 24 * 3600)) : null,
        };
        var errors = new FieldErrors();
        parsed.Check(watch, token, errors);
        return errors.IsEmpty ? parsed : throw ApiStatusException.Invalid(MetaKinds.ListOptions, "", errors);
    }

    private void Check(bool watch, string token, FieldErrors errors)
    {
        if (watch)
        {
            if (SendInitialEvents is not null && ResourceVersionMatch != "NotOlderThan")
            {
                errors.Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
            }
            else if (SendInitialEvents is null && ResourceVersionMatch.Length > 0)
            {
                errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
            }

            return;
        }

        if (SendInitialEvents is not null)
            errors.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
        if (ResourceVersionMatch.Length == 0)
            return;
        if (ResourceVersion.Length == 0)
            errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
        if (token.Length > 0)
            errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
        if (ResourceVersionMatch is not ("Exact" or "NotOlderThan"))
            errors.NotSupported("resourceVersionMatch", ResourceVersionMatch, "Exact", "NotOlderThan", "");
        else if (ResourceVersionMatch == "Exact" && ResourceVersion == "0")
            errors.Forbidden("resourceVersionMatch", "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
    }

    private static Selection SelectionOf(ApiRequest request, ISelectable registry)
    {
        Selector labels;
        FieldSelector fields;
        try
        {
            labels = LabelSelectors.Parse(request.Query["labelSelector"].ToString());
            fields = FieldSelector.Parse(request.Query["fieldSelector"].ToString());
        }
        catch (FormatException e)
        {
            throw ApiStatusException.BadRequest(e.Message);
        }

        var name = request.Info.Name;
        foreach (var condition in fields.Conditions)
        {
            if (!registry.IsSelectable(condition.Path))
                throw ApiStatusException.BadRequest($"field label not supported: {condition.Path}");
            if (condition is { Path: "metadata.name", Negated: false, Value.Length: > 0 })
            {
                if (name.Length > 0 && name != condition.Value)
                    throw ApiStatusException.BadRequest($"field selector metadata.name={condition.Value} contradicts the name on the URL ({name})");
                name = condition.Value;
            }
        }

        // What names one object is answered by its key.
        var rest = fields.Conditions.Where(c => c is not { Path: "metadata.name", Negated: false, Value.Length: > 0 }).ToApiList();
        var ns = request.Info.Namespace;
        if (!registry.Kind.Namespaced)
            ns = "";
        else if (ns.Length == 0 && rest.FirstOrDefault(c => c is { Path: "metadata.namespace", Negated: false, Value.Length: > 0 }) is { } pinned)
            ns = pinned.Value;
        return new Selection(ns, name, labels, new FieldSelector(rest), registry.FieldOf);
    }

    /// <exception cref="ApiStatusException">400.</exception>
    public static Revision? ParseRevision(string text)
    {
        if (text.Length == 0)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return new Revision(value);
        throw ApiStatusException.BadRequest(
            $"invalid resource version: resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
    }

    private static long? Number(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw ApiStatusException.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    private static bool? Flag(Microsoft.Extensions.Primitives.StringValues values) =>
        values.Count == 0 ? null : RequestInfo.IsTrue(values);
}

/// <summary>Where the next page of a list begins. Opaque to clients, but written as Kubernetes writes it.</summary>
/// <param name="Revision">At which the pages are one consistent list.</param>
/// <param name="After">The last object given.</param>
public sealed record ContinueToken(Revision Revision, ObjectKey After)
{
    public static ContinueToken Parse(string text)
    {
        try
        {
            var padded = text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '=');
            using var json = JsonDocument.Parse(Convert.FromBase64String(padded));
            var root = json.RootElement;
            if (root.GetProperty("v").GetString() != "meta.k8s.io/v1")
                throw new FormatException("its version is unknown");
            var start = root.GetProperty("start").GetString()!.TrimEnd('\0');
            var slash = start.LastIndexOf('/');
            return new ContinueToken(
                new Revision(root.GetProperty("rv").GetInt64()),
                new ObjectKey(slash < 0 ? "" : start[..slash], start[(slash + 1)..]));
        }
        catch (Exception e) when (e is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw ApiStatusException.BadRequest($"invalid continue token: continue key is not valid: {e.Message}");
        }
    }

    public override string ToString()
    {
        var json = $"{{\"v\":\"meta.k8s.io/v1\",\"rv\":{Revision},\"start\":\"{JsonEncodedText.Encode(After.ToString())}\\u0000\"}}";
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
