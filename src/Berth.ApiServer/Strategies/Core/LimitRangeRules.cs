using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Core;

/// <summary>Rules of one item of a limit range: its amounts must leave room for each other.</summary>
internal static class LimitRangeRules
{
    public static void Validate(FieldErrors errors, FieldPath path, LimitRangeItem item)
    {
        errors.Invalid(path["type"], item.Type, NameSyntax.QualifiedName(item.Type));
        if (!item.Type.Contains('/', StringComparison.Ordinal) && NameSyntax.QualifiedName(item.Type).Length == 0 && item.Type is not ("Pod" or "Container" or "PersistentVolumeClaim"))
            errors.Invalid(path["type"], (object)item.Type, "must be a standard limit type or fully qualified");
        Names(errors, path["max"], item, item.Max);
        Names(errors, path["min"], item, item.Min);
        if (item.Type == "Pod")
        {
            if (!item.Default.IsEmpty)
                errors.Forbidden(path["default"], "may not be specified when `type` is 'Pod'");
            if (!item.DefaultRequest.IsEmpty)
                errors.Forbidden(path["defaultRequest"], "may not be specified when `type` is 'Pod'");
        }
        else
        {
            Names(errors, path["default"], item, item.Default);
            Names(errors, path["defaultRequest"], item, item.DefaultRequest);
        }

        if (item.Type == "PersistentVolumeClaim" && !item.Min.ContainsKey("storage") && !item.Max.ContainsKey("storage"))
            errors.Required(path["limits"], "either minimum or maximum storage value is required, but neither was provided");
        Names(errors, path["maxLimitRequestRatio"], item, item.MaxLimitRequestRatio);
        var names = item.Max.Keys.Concat(item.Min.Keys).Concat(item.MaxLimitRequestRatio.Keys);
        if (item.Type != "Pod")
            names = names.Concat(item.Default.Keys).Concat(item.DefaultRequest.Keys);
        foreach (var name in names.Distinct().Order(StringComparer.Ordinal))
            Order(errors, path, item, name);
    }

    private static void Names(FieldErrors errors, FieldPath path, LimitRangeItem item, ApiMap<Quantity> amounts)
    {
        foreach (var name in amounts.Keys)
        {
            if (item.Type is "Pod" or "Container")
                ResourceRules.ContainerName(errors, path.Key(name), name);
            else
                ResourceRules.Name(errors, path.Key(name), name);
        }
    }

    private static void Order(FieldErrors errors, FieldPath path, LimitRangeItem item, string name)
    {
        var (min, max) = (Of(item.Min), Of(item.Max));
        var (limit, request) = item.Type == "Pod" ? (null, null) : (Of(item.Default), Of(item.DefaultRequest));
        var ratio = Of(item.MaxLimitRequestRatio);
        if (min > max)
            errors.Invalid(path["min"].Key(name), min, $"min value {min} is greater than max value {max}");
        if (min > request)
            errors.Invalid(path["defaultRequest"].Key(name), request, $"min value {min} is greater than default request value {request}");
        if (request > max)
            errors.Invalid(path["defaultRequest"].Key(name), request, $"default request value {request} is greater than max value {max}");
        if (request > limit)
            errors.Invalid(path["defaultRequest"].Key(name), request, $"default request value {request} is greater than default limit value {limit}");
        if (min > limit)
            errors.Invalid(path["default"].Key(name), min, $"min value {min} is greater than default value {limit}");
        if (limit > max)
            errors.Invalid(path["default"].Key(name), max, $"default value {limit} is greater than max value {max}");
        if (ratio < Quantity.FromUnits(1))
            errors.Invalid(path["maxLimitRequestRatio"].Key(name), ratio, $"ratio {ratio} is less than 1");
        if (ratio is { } r && min is { IsZero: false } low && max is { } high && r.MilliValue / 1000.0 > (double)high.MilliValue / low.MilliValue)
            errors.Invalid(path["maxLimitRequestRatio"].Key(name), ratio, $"ratio {ratio} is greater than max/min = {((double)high.MilliValue / low.MilliValue).ToString("F6", CultureInfo.InvariantCulture)}");
        if (!ResourceNames.AllowsOvercommit(name) && limit is not null && request is not null && limit != request)
            errors.Invalid(path["defaultRequest"].Key(name), request, $"default value {limit} must equal to defaultRequest value {request} in {name}");

        Quantity? Of(ApiMap<Quantity> map) => map.TryGetValue(name, out var quantity) ? quantity : null;
    }
}
