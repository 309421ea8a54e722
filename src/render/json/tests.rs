//! What bodies are taken, what is said of the others, and what goes out.

use super::*;

#[test]
fn dump() {
    use utoipa::OpenApi;
    #[derive(OpenApi)]
    #[openapi(components(schemas(
        incident::IncidentBody,
        incident::IncidentList,
        incident::NewIncident,
        incident::EditIncident,
        update::EditUpdate,
        token::TokenBody,
        token::NewToken,
        audit::AuditList,
        problem::Problem,
        component::ComponentList,
        component::PutComponent,
        component::SetState,
        preview::Preview
    )))]
    struct Doc;
    println!("{}", Doc::openapi().to_pretty_json().unwrap());
}
