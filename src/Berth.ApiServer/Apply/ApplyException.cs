using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Apply;

/// <summary>An applied configuration that is malformed: it does not fit the schema, or sets what it may not.</summary>
public sealed class ApplyException(string message) : Exception(message)
{
    public Status ToStatus() => new() { StatusValue = "Failure", Code = 400, Reason = "BadRequest", Message = Message };
}
