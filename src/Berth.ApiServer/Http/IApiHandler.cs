namespace Berth.ApiServer.Http;

/// <summary>Answers the requests for one resource or subresource. Registered in <see cref="RouteTable"/>; safe for concurrent use.</summary>
public interface IApiHandler
{
    /// <exception cref="ApiStatusException">The refusal, which the pipeline sends.</exception>
    Task HandleAsync(ApiRequest request);
}
