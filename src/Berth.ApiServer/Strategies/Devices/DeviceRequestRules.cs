using System.Text;
using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.ApiServer.Validation;
using Berth.Cel.Devices;

namespace Berth.ApiServer.Strategies.Devices;

/// <summary>Rules and defaults of what a claim asks for; shared by claims and their templates.</summary>
internal static class DeviceRequestRules
{
    private const int RequestsMax = 32;
    private const int FirstAvailableMax = 8;
    private const int SelectorsMax = 32;
    private const int ExpressionBytesMax = 10 * 1024;
    private const string NoSuchRequest = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

    public static ResourceClaimSpec Default(ResourceClaimSpec spec)
    {
        var requests = spec.Devices.Requests.Select(Default).ToApiList();
        return requests == spec.Devices.Requests ? spec : spec with { Devices = spec.Devices with { Requests = requests } };
    }

    public static void Validate(FieldErrors errors, FieldPath path, ResourceClaimSpec spec)
    {
        var devices = path["devices"];
        var claim = spec.Devices;
        AtMost(errors, devices["requests"], claim.Requests.Count, RequestsMax);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var references = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < claim.Requests.Count; i++)
        {
            var (request, at) = (claim.Requests[i], devices["requests"][i]);
            Request(errors, at, request);
            if (!names.Add(request.Name))
                errors.Duplicate(at, request.Name);
            references.Add(request.Name);
            foreach (var alternative in request.FirstAvailable)
                references.Add($"{request.Name}/{alternative.Name}");
        }

        AtMost(errors, devices["constraints"], claim.Constraints.Count, RequestsMax);
        for (var i = 0; i < claim.Constraints.Count; i++)
        {
            var (constraint, at) = (claim.Constraints[i], devices["constraints"][i]);
            References(errors, at["requests"], constraint.Requests, references);
            if (constraint.MatchAttribute is { } attribute)
                QualifiedName(errors, at["matchAttribute"], attribute);
            else if (constraint.DistinctAttribute is { } distinct)
                QualifiedName(errors, at["distinctAttribute"], distinct);
            else
                errors.Required(at["matchAttribute"]);
        }

        AtMost(errors, devices["config"], claim.Config.Count, RequestsMax);
        for (var i = 0; i < claim.Config.Count; i++)
        {
            References(errors, devices["config"][i]["requests"], claim.Config[i].Requests, references);
            Opaque(errors, devices["config"][i], claim.Config[i].Opaque);
        }
    }

    /// <summary>The names under which a claim's requests can be spoken of.</summary>
    public static HashSet<string> ReferencesOf(ResourceClaimSpec spec) =>
        [.. spec.Devices.Requests.SelectMany(r => r.FirstAvailable.Select(a => $"{r.Name}/{a.Name}").Prepend(r.Name))];

    public static void Reference(FieldErrors errors, FieldPath path, string reference, HashSet<string> known)
    {
        if (!known.Contains(reference))
            errors.Invalid(path, (object)reference, NoSuchRequest);
    }

    /// <summary>All but the expressions themselves: <see cref="Expressions"/>.</summary>
    public static void Selectors(FieldErrors errors, FieldPath path, ApiList<DeviceSelector> selectors)
    {
        AtMost(errors, path, selectors.Count, SelectorsMax);
        for (var i = 0; i < selectors.Count; i++)
        {
            if (selectors[i].Cel is not { } cel)
                errors.Required(path[i]["cel"]);
            else if (Encoding.UTF8.GetByteCount(cel.Expression) > ExpressionBytesMax)
                errors.TooLong(path[i]["cel"]["expression"], ExpressionBytesMax);
        }
    }

    public static void Expressions(FieldErrors errors, FieldPath path, ApiList<DeviceSelector> selectors)
    {
        for (var i = 0; i < selectors.Count; i++)
        {
            // What is too long is not worth compiling.
            if (selectors[i].Cel is not { Expression: var expression } || Encoding.UTF8.GetByteCount(expression) > ExpressionBytesMax)
                continue;
            var (selector, at) = (DeviceSelectorExpression.Compile(expression), path[i]["cel"]["expression"]);
            if (selector.Problem is { } problem)
                errors.Invalid(at, (object)expression, problem);
            else if (selector.IsTooExpensive)
                errors.Forbidden(at, "too complex, exceeds cost limit");
        }
    }

    public static void Opaque(FieldErrors errors, FieldPath path, OpaqueDeviceConfiguration? opaque)
    {
        if (opaque is null)
        {
            errors.Required(path["opaque"]);
            return;
        }

        Driver(errors, path["opaque"]["driver"], opaque.Driver);
        if (opaque.Parameters is null)
            errors.Required(path["opaque"]["parameters"]);
        else if (opaque.Parameters.Span.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
            errors.Invalid(path["opaque"]["parameters"], (object)"<value omitted>", "must be a JSON object");
    }

    public static void Driver(FieldErrors errors, FieldPath path, string driver)
    {
        if (driver.Length == 0)
        {
            errors.Required(path);
            return;
        }

        if (driver.Length > 63)
            errors.TooLong(path, 63);
        errors.Invalid(path, driver, NameSyntax.DnsSubdomain(driver.ToLowerInvariant()));
    }

    public static void Pool(FieldErrors errors, FieldPath path, string pool)
    {
        if (pool.Length == 0)
        {
            errors.Required(path);
            return;
        }

        if (pool.Length > 253)
            errors.TooLong(path, 253);
        foreach (var part in pool.Split('/'))
            errors.Invalid(path, part, NameSyntax.DnsSubdomain(part));
    }

    public static void AtMost(FieldErrors errors, FieldPath path, int count, int max)
    {
        if (count > max)
            errors.TooMany(path, count, max);
    }

    private static DeviceRequest Default(DeviceRequest request)
    {
        if (request.Exactly is { } exactly)
        {
            var (mode, count) = Mode(exactly.AllocationMode, exactly.Count);
            request = request with { Exactly = exactly with { AllocationMode = mode, Count = count, Tolerations = Default(exactly.Tolerations) } };
        }

        return request.FirstAvailable.IsEmpty ? request : request with
        {
            FirstAvailable = request.FirstAvailable.Select(a =>
            {
                var (mode, count) = Mode(a.AllocationMode, a.Count);
                return a with { AllocationMode = mode, Count = count, Tolerations = Default(a.Tolerations) };
            }).ToApiList(),
        };
    }

    private static (string Mode, long Count) Mode(string mode, long count)
    {
        if (mode.Length == 0)
            mode = "ExactCount";
        return (mode, mode == "ExactCount" && count == 0 ? 1 : count);
    }

    private static ApiList<DeviceToleration> Default(ApiList<DeviceToleration> tolerations) =>
        tolerations.Any(t => t.Operator.Length == 0)
            ? tolerations.Select(t => t.Operator.Length == 0 ? t with { Operator = "Equal" } : t).ToApiList()
            : tolerations;

    private static void Request(FieldErrors errors, FieldPath path, DeviceRequest request)
    {
        Name(errors, path["name"], request.Name);
        const string OneOf = "exactly one of `exactly` or `firstAvailable` is required";
        if (request.Exactly is { } exactly)
        {
            if (!request.FirstAvailable.IsEmpty)
                errors.InvalidStruct(path, OneOf + ", but multiple fields are set");
            else
                Wanted(errors, path["exactly"], exactly.DeviceClassName, exactly.Selectors, exactly.AllocationMode, exactly.Count, exactly.Tolerations);
            return;
        }

        if (request.FirstAvailable.IsEmpty)
            errors.Required(path, OneOf);
        AtMost(errors, path["firstAvailable"], request.FirstAvailable.Count, FirstAvailableMax);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < request.FirstAvailable.Count; i++)
        {
            var (alternative, at) = (request.FirstAvailable[i], path["firstAvailable"][i]);
            Name(errors, at["name"], alternative.Name);
            if (!names.Add(alternative.Name))
                errors.Duplicate(at, alternative.Name);
            Wanted(errors, at, alternative.DeviceClassName, alternative.Selectors, alternative.AllocationMode, alternative.Count, alternative.Tolerations);
        }
    }

    private static void Wanted(
        FieldErrors errors, FieldPath path, string className, ApiList<DeviceSelector> selectors, string mode, long count, ApiList<DeviceToleration> tolerations)
    {
        if (className.Length == 0)
            errors.Required(path["deviceClassName"]);
        else
            errors.Invalid(path["deviceClassName"], className, NameSyntax.DnsSubdomain(className));
        Selectors(errors, path["selectors"], selectors);
        Expressions(errors, path["selectors"], selectors);
        switch (mode)
        {
            case "All" when count != 0:
                errors.Invalid(path["count"], (object)count, "must not be specified when allocationMode is 'All'");
                break;
            case "ExactCount" when count <= 0:
                errors.Invalid(path["count"], (object)count, "must be greater than zero");
                break;
            case "All" or "ExactCount":
                break;
            default:
                errors.NotSupported(path["allocationMode"], mode, "All", "ExactCount");
                break;
        }

        for (var i = 0; i < tolerations.Count; i++)
            Toleration(errors, path["tolerations"][i], tolerations[i]);
    }

    private static void Toleration(FieldErrors errors, FieldPath path, DeviceToleration toleration)
    {
        if (toleration.Key.Length > 0)
            errors.Invalid(path["key"], toleration.Key, NameSyntax.QualifiedName(toleration.Key));
        if (toleration.Key.Length == 0 && toleration.Operator != "Exists")
            errors.Required(path["key"], "must be set to a name when operator is not 'Exists'");
        switch (toleration.Operator)
        {
            case "Exists" when toleration.Value.Length > 0:
                errors.Invalid(path["value"], (object)toleration.Value, "must be empty for operator `Exists`");
                break;
            case "Equal":
                errors.Invalid(path["value"], toleration.Value, NameSyntax.LabelValue(toleration.Value));
                break;
            case "Exists":
                break;
            case "":
                errors.Required(path["operator"]);
                break;
            default:
                errors.NotSupported(path["operator"], toleration.Operator, "Equal", "Exists");
                break;
        }

        if (toleration.Effect is not ("" or "NoSchedule" or "NoExecute" or "None"))
            errors.NotSupported(path["effect"], toleration.Effect, "NoExecute", "NoSchedule", "None");
    }

    private static void Name(FieldErrors errors, FieldPath path, string name)
    {
        if (name.Length == 0)
            errors.Required(path);
        else
            errors.Invalid(path, name, NameSyntax.DnsLabel(name));
    }

    private static void QualifiedName(FieldErrors errors, FieldPath path, string name)
    {
        if (!name.Contains('/', StringComparison.Ordinal))
            errors.Invalid(path, (object)name, "must include a domain");
        else
            errors.Invalid(path, name[..name.IndexOf('/', StringComparison.Ordinal)], NameSyntax.DnsSubdomain(name[..name.IndexOf('/', StringComparison.Ordinal)]));
    }

    private static void References(FieldErrors errors, FieldPath path, ApiList<string> requests, HashSet<string> known)
    {
        AtMost(errors, path, requests.Count, RequestsMax);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < requests.Count; i++)
        {
            Reference(errors, path[i], requests[i], known);
            if (!seen.Add(requests[i]))
                errors.Duplicate(path[i], requests[i]);
        }
    }
}
