using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.AdmissionRegistration;

public sealed class ValidatingWebhookConfigurationStrategy : ResourceStrategy<ValidatingWebhookConfiguration>
{
    public override ValidatingWebhookConfiguration Default(ValidatingWebhookConfiguration value) =>
        value with { Webhooks = value.Webhooks.Select(WebhookRules.Default).ToApiList() };

    public override void Validate(ValidatingWebhookConfiguration value, FieldErrors errors)
    {
        for (var i = 0; i < value.Webhooks.Count; i++)
            WebhookRules.Validate(errors, FieldPath.Root["webhooks"][i], value.Webhooks[i]);
        WebhookRules.UniqueNames(errors, value.Webhooks.Select(w => w.Name));
    }
}
