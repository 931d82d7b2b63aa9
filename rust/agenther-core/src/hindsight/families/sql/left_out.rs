//! Columns of a result that the request leaves out: it asks for less than the query shows.

use super::phrase;
use super::rows::Row;
use super::schema::Schema;
use super::shape::{Output, Shape};

/// Leaves out the numbers by which a database knows things where the things have names beside them: nobody asks for
/// the number of the airline.
pub fn leave_out_keys(shape: &mut Shape, schema: &Schema, rows: &mut [Row]) {
    let opaque: Vec<bool> =
        shape.outputs.iter().map(|output| phrase::is_number_of_thing(shape, schema, output)).collect();
    let named = |(output, opaque): (&Output, &bool)| matches!(output, Output::Column(_)) && !opaque;
    let has_names = shape.outputs.iter().zip(&opaque).any(named);
    if !shape.star && !shape.distinct && !schema.asks_for_ids && has_names {
        retain(shape, rows, &opaque.iter().map(|opaque| !opaque).collect::<Vec<_>>());
    }
}

/// Leaves out what no words tell, the average of years, and what stands there twice.
pub fn leave_out_unsaid(shape: &mut Shape, schema: &Schema, rows: &mut [Row]) {
    let mut keep = phrase::said_outputs(shape, schema);
    for (at, keep) in keep.iter_mut().enumerate() {
        *keep &= !shape.outputs[..at].contains(&shape.outputs[at]);
    }
    let sorted_by = |at: usize| shape.order.iter().any(|(key, _)| *key == shape.outputs[at]);
    let sorts = (0..keep.len()).any(|at| !keep[at] && sorted_by(at));
    // What a row shows but the groups' own keys, the groups need.
    let plain = shape.group.is_empty() && !shape.star && !shape.distinct && !shape.counted && !sorts;
    if plain && keep.contains(&true) {
        retain(shape, rows, &keep);
    }
}

/// Keeps those columns of the result.
fn retain(shape: &mut Shape, rows: &mut [Row], keep: &[bool]) {
    if keep.iter().all(|keep| *keep) || rows.iter().any(|row| row.len() != keep.len()) {
        return;
    }
    let mut of_outputs = keep.iter();
    shape.outputs.retain(|_| of_outputs.next().is_none_or(|keep| *keep));
    for row in rows {
        let mut of_row = keep.iter();
        row.retain(|_| of_row.next().is_none_or(|keep| *keep));
    }
}
