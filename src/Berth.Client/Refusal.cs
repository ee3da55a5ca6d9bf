using System.Text;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Meta.V1;

namespace Berth.Client;

/// <summary>From an answer that is not a success to the exception that callers see.</summary>
internal static class Refusal
{
    public static async Task<ApiException> OfAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var body = await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false);
        var code = (int)response.StatusCode;
        try
        {
            var status = ApiJson.Deserialize<Status>(body);
            return new ApiException(status.Code == 0 ? status with { Code = code } : status);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            // A proxy between us and the server, or the server while it starts, answers in plain text.
            var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 1024))).Trim();
            return new ApiException(new Status { Code = code, StatusValue = "Failure", Message = text.Length > 0 ? text : $"the server answered {code} {response.ReasonPhrase}" });
        }
    }
}
