using Berth.Api.Events.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Core;

/// <summary>Events as <c>events.k8s.io/v1</c> names their fields.</summary>
public sealed class EventsStrategy : ResourceStrategy<Event>
{
    public override bool AllowsCreateOnUpdate => true;

    public override bool HasGeneration => false;

    public override IReadOnlyDictionary<string, Func<Event, string>> SelectableFields { get; } = new Dictionary<string, Func<Event, string>>
    {
        ["regarding.kind"] = e => e.Regarding.Kind,
        ["regarding.namespace"] = e => e.Regarding.Namespace,
        ["regarding.name"] = e => e.Regarding.Name,
        ["regarding.uid"] = e => e.Regarding.Uid,
        ["regarding.apiVersion"] = e => e.Regarding.ApiVersion,
        ["regarding.resourceVersion"] = e => e.Regarding.ResourceVersion,
        ["regarding.fieldPath"] = e => e.Regarding.FieldPath,
        ["reason"] = e => e.Reason,
        ["reportingController"] = e => e.ReportingController,
        ["type"] = e => e.Type,
    };

    public override void Validate(Event value, FieldErrors errors)
    {
        if (value.Regarding.Namespace.Length == 0 && value.Metadata.Namespace is not ("default" or "kube-system"))
            errors.Invalid("involvedObject.namespace", value.Regarding.Namespace, "does not match event.namespace");
        if (value.EventTime is null)
            errors.Required("eventTime");
        else
            EventRules.Described(errors, "reportingController", value.ReportingController, value.ReportingInstance, value.Action, value.Reason, value.Note);
        if (value.Type is not ("Normal" or "Warning"))
            errors.Invalid("type", "", $"has invalid value: {value.Type}");
    }
}
